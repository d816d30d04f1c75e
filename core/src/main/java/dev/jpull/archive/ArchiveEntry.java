// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import org.jspecify.annotations.Nullable;

/** A file of an archive: a blob of the store, or bytes that were made for the archive. Immutable. */
final class ArchiveEntry {
    private final String path;
    private final long size;
    private final @Nullable Descriptor blob;
    private final byte[] content;

    private ArchiveEntry(String path, long size, @Nullable Descriptor blob, byte[] content) {
        this.path = path;
        this.size = size;
        this.blob = blob;
        this.content = content;
    }

    /** A blob of the store. */
    static ArchiveEntry stored(String path, Descriptor blob) {
        return new ArchiveEntry(path, blob.size(), blob.withoutAnnotations(), new byte[0]);
    }

    /** Bytes, which are not copied. */
    static ArchiveEntry made(String path, byte[] content) {
        return new ArchiveEntry(path, content.length, null, content);
    }

    /** Where it is in the archive, with slashes. */
    String path() {
        return path;
    }

    /** How many bytes it has. */
    long size() {
        return size;
    }

    /** The blob of the store that it is; null for one that was made. */
    @Nullable
    Descriptor blob() {
        return blob;
    }

    /** The bytes of one that was made. */
    byte[] content() {
        return content;
    }
}
