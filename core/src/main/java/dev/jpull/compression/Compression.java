// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

/** How a layer is compressed, as its first bytes say. */
public enum Compression {
    /** RFC 1952, one member or several. */
    GZIP("gzip"),
    /** RFC 8878, one frame or several. */
    ZSTD("zstd"),
    /** A tar as it is, or nothing at all. */
    NONE("none");

    private final String label;

    Compression(String label) {
        this.label = label;
    }

    /** The name for messages and reports. */
    @Override
    public String toString() {
        return label;
    }
}
