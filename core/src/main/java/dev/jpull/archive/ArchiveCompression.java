// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import java.util.Locale;

/** How an archive is compressed as a whole; its layers stay as they are. */
public enum ArchiveCompression {
    /** Not at all. */
    NONE,
    /** gzip (RFC 1952). */
    GZIP,
    /** zstd (RFC 8878). */
    ZSTD;

    /** The name on a command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
