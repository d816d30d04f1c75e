// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegularFileTest {
    @TempDir
    Path directory;

    @Test
    void readsUpToTheLimitAndNoFurther() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[10]);
        assertThat(RegularFile.read(file, 10)).hasSize(10);
        assertThatThrownBy(() -> RegularFile.read(file, 9))
                .isInstanceOf(RegularFile.TooLargeException.class)
                .hasMessageContaining("more than 9 bytes");
        assertThatThrownBy(() -> RegularFile.read(directory.resolve("absent"), 9))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void opensNothingThatMayNeverEnd() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path link = Files.createSymbolicLink(directory.resolve("link"), fifo);
        for (Path file : new Path[] {fifo, link, Path.of("/dev/zero"), directory}) {
            assertThatThrownBy(() -> RegularFile.read(file, 9))
                    .isInstanceOf(RegularFile.NotRegularException.class)
                    .hasMessageContaining("must be a regular file")
                    .hasMessageContaining(" of " + Files.getOwner(file).getName());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void followsLinksUnlessTold() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[] {1});
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThat(RegularFile.read(link, 9)).containsExactly(1);
        assertThatThrownBy(() -> RegularFile.read(link, 9, LinkOption.NOFOLLOW_LINKS))
                .isInstanceOf(RegularFile.NotRegularException.class)
                .hasMessageContaining("symbolic link");
    }
}
