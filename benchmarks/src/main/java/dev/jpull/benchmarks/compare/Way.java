// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

/** A way to a server. */
enum Way {
    /** nginx on the same machine. */
    LOOPBACK("loopback"),
    /** The same over TLS 1.3, with an authority that the commands are told of. */
    TLS("loopback, TLS"),
    /** The same, which sends no connection more than 40 MB/s. */
    LIMITED("40 MB/s for each connection"),
    /** The same, 10 MB/s for each connection, with status 429 for requests above four at a time. */
    THROTTLED_4("429 above 4 requests at a time"),
    /** The same, with status 429 above eight. */
    THROTTLED_8("429 above 8 requests at a time"),
    /** The registry of Docker on the same machine. */
    REGISTRY("docker-registry"),
    /** A link of 10 ms in each direction. */
    NEAR("20 ms round trip"),
    /** A link of 25 ms in each direction. */
    FAR("50 ms round trip"),
    /** A link of 10 ms in each direction that is slow and loses packets. */
    LOSSY("20 ms, 1 Gbit/s, 0.1 % loss");

    private final String text;

    Way(String text) {
        this.text = text;
    }

    /** Whether it is a link between two namespaces. */
    boolean isLink() {
        return this == NEAR || this == FAR || this == LOSSY;
    }

    /** Whether the host refuses requests. */
    boolean isThrottled() {
        return this == THROTTLED_4 || this == THROTTLED_8;
    }

    /** The way in words. */
    @Override
    public String toString() {
        return text;
    }
}
