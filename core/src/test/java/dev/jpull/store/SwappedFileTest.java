// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Another user swaps a file of a store for a fifo again and again: no read waits for the other end of the fifo. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SwappedFileTest {
    private static final int READS = 3_000;

    @TempDir
    Path temporary;

    @Test
    void aFifoInThePlaceOfAFileIsNotWaitedFor() throws Exception {
        Path shared = Files.createDirectory(temporary.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path file = Files.write(shared.resolve("file"), new byte[] {1});
        Path fifo = shared.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        put(file, shared);
        AtomicBoolean ended = new AtomicBoolean();
        CompletableFuture<Integer> swaps = CompletableFuture.supplyAsync(() -> swap(file, fifo, shared, ended));
        int read = 0;
        int refused = 0;
        try (StoreDirectory directory = StoreDirectory.open(shared)) {
            for (int i = 0; i < READS || read == 0 || refused == 0; i++) {
                try (FileChannel channel = directory.read("index.json")) {
                    assertThat(channel.size()).isEqualTo(1);
                    read++;
                } catch (FileSystemException e) {
                    refused++;
                }
            }
        } finally {
            ended.set(true);
        }
        assertThat(swaps.get()).isPositive();
    }

    private static int swap(Path file, Path fifo, Path shared, AtomicBoolean ended) {
        int swaps = 0;
        try {
            while (!ended.get()) {
                put(swaps++ % 2 == 0 ? fifo : file, shared);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return swaps;
    }

    private static void put(Path what, Path shared) throws IOException {
        Path link = Files.createLink(shared.resolve("link"), what);
        Files.move(link, shared.resolve("index.json"), StandardCopyOption.ATOMIC_MOVE);
    }
}
