// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The form of an archive, and how it is compressed.
 *
 * @param format its form
 * @param compression how it is compressed
 */
record ArchiveKind(ArchiveFormat format, ArchiveCompression compression) {
    /**
     * The kind for a target.
     *
     * @param target a file or directory
     * @param format the form, or null to guess it
     * @param compression the compression, or null to guess it
     * @throws ReferenceException if it cannot be guessed, a directory would be compressed, or the name says another compression
     */
    static ArchiveKind of(Path target, @Nullable ArchiveFormat format, @Nullable ArchiveCompression compression) {
        ArchiveKind guessed = guess(target);
        ArchiveFormat chosen = format != null ? format : guessed == null ? null : guessed.format();
        if (chosen == null) {
            throw new ReferenceException(
                    "the name " + target + " does not say which form the archive is to have: end it"
                            + " in .tar, .tar.gz, .tgz, .tar.zst or .tzst, or name a format (oci-archive,"
                            + " docker-archive, oci)");
        }
        if (chosen == ArchiveFormat.OCI) {
            return directory(compression);
        }
        if (Files.isDirectory(target)) {
            throw new ReferenceException(
                    target + " is a directory, but a " + chosen.label() + " is a file: name a file, or choose oci");
        }
        ArchiveCompression ofName = guessed == null ? ArchiveCompression.NONE : guessed.compression();
        if (compression != null && ofName != ArchiveCompression.NONE && compression != ofName) {
            throw new ReferenceException("the name " + target + " is one of an archive that is compressed with "
                    + ofName.label() + ", but " + compression.label()
                    + " is asked for: name another file, or leave the compression to the name");
        }
        return new ArchiveKind(chosen, compression == null ? ofName : compression);
    }

    /** The kind for a stream. */
    static ArchiveKind ofStream(@Nullable ArchiveFormat format, @Nullable ArchiveCompression compression) {
        if (format == ArchiveFormat.OCI) {
            throw new ReferenceException(
                    "a directory cannot be written to a stream: choose oci-archive or docker-archive");
        }
        return new ArchiveKind(
                format == null ? ArchiveFormat.OCI_ARCHIVE : format,
                compression == null ? ArchiveCompression.NONE : compression);
    }

    private static ArchiveKind directory(@Nullable ArchiveCompression compression) {
        if (compression != null && compression != ArchiveCompression.NONE) {
            throw new ReferenceException("a directory cannot be compressed: choose oci-archive, or no compression");
        }
        return new ArchiveKind(ArchiveFormat.OCI, ArchiveCompression.NONE);
    }

    private static @Nullable ArchiveKind guess(Path target) {
        Path last = target.getFileName();
        String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        if (Files.isDirectory(target)) {
            return new ArchiveKind(ArchiveFormat.OCI, ArchiveCompression.NONE);
        }
        if (name.endsWith(".tar")) {
            return new ArchiveKind(ArchiveFormat.OCI_ARCHIVE, ArchiveCompression.NONE);
        }
        if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
            return new ArchiveKind(ArchiveFormat.OCI_ARCHIVE, ArchiveCompression.GZIP);
        }
        if (name.endsWith(".tar.zst") || name.endsWith(".tzst")) {
            return new ArchiveKind(ArchiveFormat.OCI_ARCHIVE, ArchiveCompression.ZSTD);
        }
        return name.indexOf('.') < 0 ? new ArchiveKind(ArchiveFormat.OCI, ArchiveCompression.NONE) : null;
    }
}
