// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails on the way to the disk fails at the end, and is not forgotten. */
class BackgroundSyncTest {
    private static final int MUCH = 64 << 20;

    @TempDir
    Path temporary;

    @Test
    void aFailureCountsAtTheEnd() throws IOException {
        BackgroundSync broken = new BackgroundSync(closed(), new StoreFiles(true));
        broken.note(MUCH);
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(broken::finish);
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(broken::finish);
    }

    @Test
    void littleIsLeftToTheEnd() throws IOException {
        BackgroundSync early = new BackgroundSync(closed(), new StoreFiles(true));
        early.note(1);
        assertThatCode(early::finish).doesNotThrowAnyException();
    }

    @Test
    void whoDoesNotFlushDoesNotFlushEarly() throws IOException {
        BackgroundSync early = new BackgroundSync(closed(), new StoreFiles(false));
        early.note(MUCH);
        assertThatCode(early::finish).doesNotThrowAnyException();
    }

    @Test
    void whatIsThereIsFlushed() throws IOException {
        try (FileChannel channel = open()) {
            BackgroundSync early = new BackgroundSync(channel, new StoreFiles(true));
            early.note(MUCH);
            early.note(MUCH);
            assertThatCode(early::finish).doesNotThrowAnyException();
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(temporary.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private FileChannel closed() throws IOException {
        FileChannel channel = open();
        channel.close();
        return channel;
    }
}
