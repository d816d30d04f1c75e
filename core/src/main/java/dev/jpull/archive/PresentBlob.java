// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.function.BooleanSupplier;

/**
 * A file in an OCI layout that stands where a blob belongs. Another program may have written it, or a crash may have left it without
 * its content.
 *
 * @param file the file, which is a regular one
 * @param cancelled is asked before every buffer
 */
record PresentBlob(Path file, BooleanSupplier cancelled) {
    /** Blobs of at most this size, in bytes, are hashed in any case: it takes no time that matters. */
    static final int MAX_ALWAYS_HASHED = 1 << 20;

    private static final int BUFFER = 256 << 10;

    /** Whether the file has the content of an entry of the same size. */
    boolean hasContentOf(ArchiveEntry entry) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return isContentOf(entry, in, cancelled);
        }
    }

    /** Whether a file that is open begins with the content of an entry. */
    static boolean isContentOf(ArchiveEntry entry, FileChannel in, BooleanSupplier cancelled) throws IOException {
        Descriptor blob = entry.blob();
        Digest expected = blob == null ? Digest.sha256(entry.content()) : blob.digest();
        MessageDigest hash = expected.algorithm().newMessageDigest();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long done = 0;
        while (done < entry.size()) {
            if (cancelled.getAsBoolean()) {
                throw new PullCancelledException("the export was cancelled");
            }
            buffer.clear().limit((int) Math.min(BUFFER, entry.size() - done));
            int count = in.read(buffer, done);
            if (count < 0) {
                return false; // it became shorter
            }
            done += count;
            hash.update(buffer.flip());
        }
        return Digest.of(expected.algorithm(), hash.digest()).equals(expected);
    }
}
