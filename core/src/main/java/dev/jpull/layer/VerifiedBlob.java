// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** The bytes of a stored blob; the end is reached only when they had its digest. For use by one thread. */
final class VerifiedBlob extends FilterInputStream {
    private final PlannedLayer layer;
    private final MessageDigest hash;
    private boolean verified;

    VerifiedBlob(PlannedLayer layer, InputStream in) {
        super(in);
        this.layer = layer;
        this.hash = layer.blob().digest().algorithm().newMessageDigest();
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
        Digest expected = layer.blob().digest();
        Digest actual = Digest.of(expected.algorithm(), hash.digest());
        if (!actual.equals(expected)) {
            throw new IntegrityException(FailureDetails.of(
                            "the stored file of " + layer.label() + " has the digest " + actual + " instead of "
                                    + expected + ": it was damaged in the store; verify and repair the store")
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
