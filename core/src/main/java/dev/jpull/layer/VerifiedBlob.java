// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The bytes of a stored blob; the end is reached only when they had its digest. For use by one thread. */
public final class VerifiedBlob extends FilterInputStream {
    private final Digest expected;
    private final String label;
    private final MessageDigest hash;
    private boolean verified;

    private VerifiedBlob(Digest expected, String label, InputStream in) {
        super(in);
        this.expected = expected;
        this.label = label;
        this.hash = expected.algorithm().newMessageDigest();
    }

    /**
     * Opens a blob.
     *
     * @param label the blob in words, for messages
     * @throws StoreException if it is not there, or is no regular file
     */
    public static InputStream open(Path file, Digest expected, String label) {
        try {
            return openFile(file, expected, label);
        } catch (IOException e) {
            throw new StoreException(FailureDetails.of("cannot read " + label + ": " + Reason.of(e))
                    .causedBy(e)
                    .with(Remedy.PULL_IMAGE));
        }
    }

    static InputStream openFile(Path file, Digest expected, String label) throws IOException {
        RegularFile.require(file, LinkOption.NOFOLLOW_LINKS);
        return new VerifiedBlob(expected, label, Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        if (read > 0) {
            hash.update(target, offset, read);
        } else if (read < 0 && !verified) {
            verify();
        }
        return read;
    }

    private void verify() {
        Digest actual = Digest.of(expected.algorithm(), hash.digest());
        if (!actual.equals(expected)) {
            throw new IntegrityException(FailureDetails.of("the stored file of " + label + " has the digest " + actual
                            + " instead of " + expected + ": it was damaged in the store; verify and repair the store")
                    .with(Remedy.REPAIR_STORE));
        }
        verified = true;
    }

    @Override
    public long skip(long bytes) throws IOException {
        byte[] skipped = new byte[(int) Math.max(0, Math.min(bytes, 8192))];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
