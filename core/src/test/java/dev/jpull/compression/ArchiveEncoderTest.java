// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compressed archives are the same, however many processors compress them. */
class ArchiveEncoderTest {
    @Test
    void theNumberOfWorkersAndTheSizesOfWritesDoNotChangeTheResult() throws IOException {
        byte[] content = new byte[30 << 20]; // several jobs of zstd
        Random random = new Random(1);
        for (int i = 0; i < content.length; i += 16) {
            content[i] = (byte) random.nextInt();
        }
        byte[] first = compressed(content, 1, 1 << 20);

        assertThat(compressed(content, 2, 777_777)).isEqualTo(first);
        assertThat(compressed(content, 4, 256 << 10)).isEqualTo(first);
    }

    private static byte[] compressed(byte[] content, int workers, int step) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zstd = ArchiveEncoder.zstd(bytes, workers)) {
            for (int i = 0; i < content.length; i += step) {
                zstd.write(content, i, Math.min(step, content.length - i));
            }
        }
        return bytes.toByteArray();
    }
}
