// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers of archives, as another program reads them. */
class TarHeaderTest {
    @ParameterizedTest
    @CsvSource({
        "1, 0, 512",
        "100, 511, 512",
        "101, 1, 512",
        "200, 8589934591, 512",
        "255, 8589934592, 1536",
        "256, 3, 1536",
        "4, 9223372036854775807, 1536",
    })
    void pathAndSizeAreReadAsTheyWereWritten(int length, long size, int bytes) throws IOException {
        String path = length <= 100 ? "n".repeat(length) : "p".repeat(length - 51) + "/" + "n".repeat(50);
        byte[] header = TarHeader.of(path, size);
        assertThat(header.length).isEqualTo(bytes);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(header))) {
            TarArchiveEntry entry = tar.getNextEntry();
            assertThat(entry.getName()).isEqualTo(path);
            assertThat(entry.getSize()).isEqualTo(size);
            assertThat(entry.isFile()).isTrue();
            assertThat(entry.getLastModifiedTime().toMillis()).isZero();
        }
    }
}
