// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** Decodes by each engine that can be used here, and fails if their results differ. */
    static byte[] decode(byte[] layer, DecodeLimits limits) throws IOException {
        Outcome expected = outcome(layer, limits, InflateEngine.java());
        for (InflateEngine engine : engines()) {
            Outcome actual = outcome(layer, limits, engine);
            assertThat(actual.content()).as("content by %s", engine).isEqualTo(expected.content());
            assertThat(actual.failure() == null)
                    .as("%s: %s, java: %s", engine, actual.failure(), expected.failure())
                    .isEqualTo(expected.failure() == null);
        }
        if (expected.failure() != null) {
            throw expected.failure();
        }
        return expected.content();
    }

    static byte[] decode(byte[] layer, DecodeLimits limits, InflateEngine engine) throws IOException {
        try (DecodedStream stream = LayerDecoder.open(new ByteArrayInputStream(layer), limits, engine)) {
            return stream.readAllBytes();
        }
    }

    /** That of the JDK, and ISA-L where it is installed. */
    static List<InflateEngine> engines() {
        return Stream.of(InflateEngine.java(), InflateEngine.of("auto"))
                .distinct()
                .toList();
    }

    /** The content up to a failure is undefined, so it counts as none. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Outcome(byte[] content, @Nullable DecodeException failure) {}

    private static Outcome outcome(byte[] layer, DecodeLimits limits, InflateEngine engine) throws IOException {
        try {
            return new Outcome(decode(layer, limits, engine), null);
        } catch (DecodeException e) {
            return new Outcome(new byte[0], e);
        }
    }
}
