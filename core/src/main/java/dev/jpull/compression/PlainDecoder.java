// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;

/** A layer that is not compressed. */
final class PlainDecoder implements FrameDecoder {
    private final CompressedInput in;

    PlainDecoder(CompressedInput in) {
        this.in = in;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (in.available() == 0 && !in.fill()) {
            return -1;
        }
        int count = Math.min(length, in.available());
        System.arraycopy(in.bytes(), in.position(), buffer, offset, count);
        in.skip(count);
        return count;
    }
}
