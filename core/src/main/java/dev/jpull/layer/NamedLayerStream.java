// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Content of a layer, whose failures name the layer. */
final class NamedLayerStream extends FilterInputStream {
    private final StoredLayer layer;

    NamedLayerStream(StoredLayer layer, InputStream in) {
        super(in);
        this.layer = layer;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        try {
            return in.read(target, offset, length);
        } catch (IOException e) {
            throw layer.failure(e);
        }
    }

    @Override
    public long skip(long bytes) {
        byte[] skipped = new byte[(int) Math.max(0, Math.min(bytes, 8192))];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
