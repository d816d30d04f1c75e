// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.error.IntegrityException;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * The uncompressed content of a layer, which is compared with its diff ID: the end is reached only when that was right. For use by
 * one thread.
 */
public final class VerifiedLayer extends InputStream {
    private final PlannedLayer layer;
    private final InputStream content;
    private final MessageDigest hash;
    private long count;
    private boolean verified;

    private VerifiedLayer(PlannedLayer layer, InputStream content) {
        this.layer = layer;
        this.content = content;
        this.hash = layer.diffId().algorithm().newMessageDigest();
    }

    /**
     * Opens the uncompressed content of a layer.
     *
     * @param compressed the bytes as they are stored; closed with the result
     * @throws IOException if they cannot be decoded
     */
    public static VerifiedLayer open(PlannedLayer layer, InputStream compressed, LayerDecoding decoding)
            throws IOException {
        return new VerifiedLayer(layer, decoding.open(compressed));
    }

    /** The same within limits, decoded on the thread that reads. */
    public static VerifiedLayer open(PlannedLayer layer, InputStream compressed, DecodeLimits limits)
            throws IOException {
        return open(layer, compressed, LayerDecoding.within(limits));
    }

    /** The same, of content that is decoded already; closed with the result. */
    static VerifiedLayer ofDecoded(PlannedLayer layer, InputStream content) {
        return new VerifiedLayer(layer, content);
    }

    /** How many uncompressed bytes were read. */
    public long count() {
        return count;
    }

    /** Reads what is left, so that all of it is compared. */
    public void drain() throws IOException {
        byte[] buffer = new byte[64 << 10];
        int read = 0;
        while (read >= 0) {
            read = read(buffer, 0, buffer.length);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads uncompressed bytes.
     *
     * @throws IntegrityException at the end, if the bytes do not have the diff ID
     * @throws IOException if the content is damaged, goes beyond a limit, or cannot be read
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        int read = content.read(target, offset, length);
        if (read > 0) {
            hash.update(target, offset, read);
            count += read;
        } else if (read < 0 && !verified) {
            verify();
        }
        return read;
    }

    private void verify() {
        Digest actual = Digest.of(layer.diffId().algorithm(), hash.digest());
        if (!actual.equals(layer.diffId())) {
            throw new IntegrityException("the uncompressed content of " + layer.label() + " has the digest " + actual
                    + ", but the configuration of the image lists the diff ID " + layer.diffId()
                    + ": the image is broken, build or push it again, or pull another version");
        }
        verified = true;
    }

    @Override
    public int available() throws IOException {
        return content.available();
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
