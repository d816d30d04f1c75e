// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.compression.DecodeException;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.tar.TarException;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an archive is read from.
 *
 * @param path a file, or a directory with an OCI image layout; null for a stream
 * @param stream the stream; null for a path
 */
public record ArchiveSource(@Nullable Path path, @Nullable InputStream stream) {
    /** A file or a directory. */
    public static ArchiveSource of(Path path) {
        return new ArchiveSource(path, null);
    }

    /** A stream, which is closed by its owner. */
    public static ArchiveSource of(InputStream stream) {
        return new ArchiveSource(null, stream);
    }

    /** Whether it is a directory. */
    boolean isDirectory() {
        return path != null && Files.isDirectory(path);
    }

    /** The source in words, for messages. */
    @Override
    public String toString() {
        return path == null ? "the archive on the stream" : "the archive " + ForeignText.line(path.toString());
    }

    /** A refusal of the content. */
    IntegrityException refused(String what) {
        return new IntegrityException(this + " is not usable: " + what);
    }

    /**
     * The failure of reading it: an {@link IntegrityException} for content that is malformed, a {@link PullCancelledException} after
     * an interrupt, a {@link StoreException} for everything else.
     */
    PullException failure(IOException failure) {
        String message = failure instanceof DecodeException decoding ? decoding.reason() : failure.getMessage();
        String reason = ForeignText.line(String.valueOf(message));
        if (failure instanceof TarException) {
            return new IntegrityException(
                    FailureDetails.of(this + " is not usable: " + reason + "; make or copy it again")
                            .causedBy(failure));
        }
        if (failure instanceof DecodeException decoding) {
            return new IntegrityException(FailureDetails.of(this + " is not usable: "
                            + (decoding.isBeyondSize()
                                    ? "it becomes larger than archives may be when it is decompressed (" + reason
                                            + "); decompress it first if it can be trusted"
                                    : "its compressed content is damaged or incomplete (" + reason
                                            + "); make or copy it again"))
                    .causedBy(failure));
        }
        if (failure instanceof InterruptedIOException || failure instanceof ClosedByInterruptException) {
            return new PullCancelledException("interrupted while reading " + this, failure);
        }
        String file = failure instanceof FileSystemException system ? String.valueOf(system.getFile()) : "";
        boolean isInside = path != null && !file.equals(path.toString());
        if (failure instanceof NoSuchFileException && isInside) {
            return new IntegrityException(
                    FailureDetails.of(this + " is not usable: it has no " + ForeignText.line(file) + "; copy it again")
                            .causedBy(failure));
        }
        if (failure instanceof RegularFile.NotRegularException other && isInside) {
            return new IntegrityException(FailureDetails.of(this + " is not usable: " + ForeignText.line(file) + ": "
                            + other.getReason() + "; copy it again, with the content of its links")
                    .causedBy(failure));
        }
        if (failure instanceof NoSuchFileException) {
            return new StoreException(FailureDetails.of("there is no file " + path + ": check the path of the archive")
                    .causedBy(failure));
        }
        if (failure instanceof RegularFile.NotRegularException other) {
            return new StoreException(FailureDetails.of("cannot read " + this + ": " + other.getReason()
                            + "; send other content to standard input, and write -")
                    .causedBy(failure));
        }
        return new StoreException(
                FailureDetails.of("cannot read " + this + ": " + reason).causedBy(failure));
    }
}
