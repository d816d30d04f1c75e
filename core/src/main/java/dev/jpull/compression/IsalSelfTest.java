// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.sun.jna.Native;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a known stream by ISA-L before it gets a layer, because its state is a structure that only its header file
 * describes: a version with another one must not be used.
 */
final class IsalSelfTest {
    /** More than the output buffer, so that matches go across its end. */
    private static final int LENGTH = 700_000;

    private static final long SEED = 42;

    private IsalSelfTest() {}

    /**
     * Why the library cannot be used; null if it can.
     *
     * @throws LinkageError if it or JNA cannot be loaded
     */
    static @Nullable String run() {
        if (Native.POINTER_SIZE != Long.BYTES || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            return "the processor is not a 64-bit one with the lowest byte first";
        }
        byte[] content = content();
        try {
            byte[] stream = stream(content);
            byte[] decoded = decode(stream);
            return Arrays.equals(decoded, content) ? null : "the installed version decodes a known stream wrongly";
        } catch (IOException e) {
            return "the installed version does not decode a known stream: " + e.getMessage();
        }
    }

    /** Text with repetitions near and far, then bytes without any, then the same byte. */
    private static byte[] content() {
        Random random = new Random(SEED);
        byte[] content = new byte[LENGTH];
        random.nextBytes(content);
        for (int i = 0; i < LENGTH / 2; i++) {
            int distance = 1 + (content[i] & 0xff) * 127;
            content[i] = i >= distance && i % 7 != 0 ? content[i - distance] : (byte) ('a' + (content[i] & 15));
        }
        Arrays.fill(content, LENGTH * 3 / 4, LENGTH, (byte) 'z');
        return content;
    }

    /** Three members of unequal length. */
    private static byte[] stream(byte[] content) throws IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        int[] ends = {0, 1, 600_001, LENGTH};
        for (int i = 1; i < ends.length; i++) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(stream)) {
                gzip.write(content, ends[i - 1], ends[i] - ends[i - 1]);
            }
        }
        return stream.toByteArray();
    }

    private static byte[] decode(byte[] stream) throws IOException {
        CompressedInput in = new CompressedInput(new ByteArrayInputStream(stream));
        try (GzipDecoder decoder = new GzipDecoder(in, new IsalInflater())) {
            byte[] decoded = new byte[LENGTH + 1];
            int length = 0;
            int read = 0;
            while (read >= 0 && length < decoded.length) {
                read = decoder.read(decoded, length, decoded.length - length);
                length += Math.max(read, 0);
            }
            return Arrays.copyOf(decoded, length);
        }
    }
}
