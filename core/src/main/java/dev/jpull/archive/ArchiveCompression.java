// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

/** How an archive is compressed as a whole; its layers stay as they are. */
public enum ArchiveCompression {
    /** Not at all. */
    NONE,
    /** gzip (RFC 1952). */
    GZIP,
    /** zstd (RFC 8878). */
    ZSTD
}
