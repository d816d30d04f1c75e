// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is pulled, and over which way.
 *
 * @param image the image, by what it stands for
 * @param layers the sizes of its layers in bytes
 * @param way how the server is reached
 * @param warm whether it is there already
 */
record Scenario(String image, List<Long> layers, Way way, boolean warm) {
    private static final long MIB = 1 << 20;

    /** A way to the server. */
    enum Way {
        LOOPBACK("loopback"),
        TLS("loopback, TLS"),
        LIMITED("40 MB/s for each connection"),
        FAR("50 ms round trip");

        private final String text;

        Way(String text) {
            this.text = text;
        }
    }

    private static final List<Long> TINY = List.of(MIB);
    private static final List<Long> TYPICAL = Collections.nCopies(8, 48 * MIB);
    private static final List<Long> BIG = List.of(1024 * MIB);

    static List<Scenario> all() {
        List<Long> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(MIB + i * 34_000L);
        }
        return List.of(
                new Scenario("tiny", TINY, Way.LOOPBACK, false),
                new Scenario("tiny", TINY, Way.LOOPBACK, true),
                new Scenario("tiny", TINY, Way.FAR, false),
                new Scenario("many", many, Way.LOOPBACK, false),
                new Scenario("typical", TYPICAL, Way.LOOPBACK, false),
                new Scenario("typical", TYPICAL, Way.TLS, false),
                new Scenario("typical", TYPICAL, Way.FAR, false),
                new Scenario("big", BIG, Way.LOOPBACK, false),
                new Scenario("big", BIG, Way.LIMITED, false));
    }

    @Override
    public String toString() {
        return image + ", " + way.text + (warm ? ", already there" : "");
    }
}
