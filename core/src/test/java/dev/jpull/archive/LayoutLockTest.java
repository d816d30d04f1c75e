// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A wait for another export ends: with the lock, at a limit, when it is cancelled, or with an interrupt. */
@Timeout(30)
class LayoutLockTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Test
    void theWaitForAThreadEndsAtTheLimitOrWhenItIsCancelledOrInterrupted() throws IOException {
        try (LayoutLock held = LayoutLock.of(directory, LONG, () -> false)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> LayoutLock.of(directory, Duration.ofMillis(60), () -> false))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another export writes to " + directory);
            AtomicInteger asked = new AtomicInteger();
            assertThatThrownBy(() -> LayoutLock.of(directory, LONG, () -> asked.incrementAndGet() > 2))
                    .isInstanceOf(PullCancelledException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> LayoutLock.of(directory, LONG, () -> false))
                    .isInstanceOf(PullCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        LayoutLock.of(directory, Duration.ZERO, () -> false).close(); // free again
    }

    @Test
    void aLockOfTheFileIsWaitedFor() throws IOException {
        Path file = Files.createFile(directory.resolve("oci-layout"));
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(other.lock().isValid()).isTrue();
            try (LayoutLock lock = LayoutLock.of(directory, Duration.ofMillis(60), () -> false)) {
                assertThatThrownBy(() -> lock.run(file, () -> "done")).isInstanceOf(StoreException.class);
            }
        }
        try (LayoutLock lock = LayoutLock.of(directory, LONG, () -> false)) {
            assertThat(lock.run(file, () -> "done")).isEqualTo("done");
        }
    }
}
