// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Streams for the tests of decoders. */
final class Streams {
    private Streams() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A stream that gives at most this many bytes a read, and says that none are available, as a network does. */
    static InputStream inPieces(byte[] bytes, int piece) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                return super.read(buffer, offset, Math.min(length, piece));
            }

            @Override
            public int available() {
                return 0;
            }
        };
    }

    static byte[] decode(byte[] layer) throws IOException {
        return decode(layer, DecodeLimits.DEFAULT);
    }

    static byte[] decode(byte[] layer, DecodeLimits limits) throws IOException {
        try (DecodedStream stream = LayerDecoder.open(new ByteArrayInputStream(layer), limits)) {
            return stream.readAllBytes();
        }
    }
}
