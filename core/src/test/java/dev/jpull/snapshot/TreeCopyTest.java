// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.OpenDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of trees: holes are not read, and a cancellation is seen within a file. */
class TreeCopyTest {
    private static final long LENGTH = 1L << 40;

    @TempDir
    Path temporary;

    private Path from;
    private Path to;

    @BeforeEach
    void makeDirectories() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "snapshots are made on Linux");
        from = Files.createDirectory(temporary.resolve("from"));
        to = Files.createDirectory(temporary.resolve("to"));
        Files.createDirectory(temporary.resolve("links"));
    }

    private void copy(BooleanSupplier cancelled) throws IOException {
        try (OpenDirectory source = OpenDirectory.open(from);
                OpenDirectory target = OpenDirectory.open(to);
                OpenDirectory links = OpenDirectory.open(temporary.resolve("links"))) {
            TreeCopy.copy(source, target, links, cancelled);
        }
    }

    @Test
    void holesAreNotRead() throws IOException {
        long[] places = {0, 3 << 20, LENGTH / 2 + 17, LENGTH - 4};
        try (RandomAccessFile file =
                new RandomAccessFile(from.resolve("ends-with-data").toFile(), "rw")) {
            for (long place : places) {
                file.seek(place);
                file.writeInt((int) (place >> 3) + 1);
            }
        }
        try (RandomAccessFile file =
                new RandomAccessFile(from.resolve("ends-with-hole").toFile(), "rw")) {
            file.seek(1 << 20);
            file.writeInt(7);
            file.setLength(LENGTH);
        }
        try (RandomAccessFile file = new RandomAccessFile(from.resolve("hole").toFile(), "rw")) {
            file.setLength(LENGTH);
        }
        copy(() -> false);
        try (RandomAccessFile file =
                new RandomAccessFile(to.resolve("ends-with-data").toFile(), "r")) {
            assertThat(file.length()).isEqualTo(LENGTH);
            for (long place : places) {
                file.seek(place);
                assertThat(file.readInt()).as("at " + place).isEqualTo((int) (place >> 3) + 1);
            }
            file.seek(LENGTH / 4);
            assertThat(file.readInt()).isZero();
        }
        try (RandomAccessFile file =
                new RandomAccessFile(to.resolve("ends-with-hole").toFile(), "r")) {
            assertThat(file.length()).isEqualTo(LENGTH);
            file.seek(1 << 20);
            assertThat(file.readInt()).isEqualTo(7);
        }
        assertThat(Files.size(to.resolve("hole"))).isEqualTo(LENGTH);
    }

    @Test
    void filesWithoutHolesAreCopiedAsTheyAre() throws IOException {
        byte[] content = new byte[300_000]; // zeros, but not a hole
        content[299_999] = 1;
        Files.write(from.resolve("file"), content);
        Files.createDirectory(from.resolve("directory"));
        Files.createLink(from.resolve("directory/link"), from.resolve("file"));
        Files.createFile(from.resolve("empty"));
        copy(() -> false);
        assertThat(to.resolve("file")).hasBinaryContent(content);
        assertThat(Files.getAttribute(to.resolve("directory/link"), "unix:ino"))
                .isEqualTo(Files.getAttribute(to.resolve("file"), "unix:ino"));
        assertThat(to.resolve("empty")).isEmptyFile();
        assertThat(temporary.resolve("links")).isEmptyDirectory();
    }

    @Test
    void aCancellationIsSeenBetweenFilesAndWithinOne() throws IOException {
        Files.write(from.resolve("file"), new byte[40 << 20]);
        AtomicInteger calls = new AtomicInteger();
        copy(() -> {
            calls.incrementAndGet();
            return false;
        });
        // The directory, the file, and its parts, unless the file system shares them.
        assertThat(calls.get()).isGreaterThanOrEqualTo(1);
        for (int last = 1; last <= Math.min(5, calls.get()); last++) {
            AtomicInteger left = new AtomicInteger(last);
            Path target = Files.createDirectory(temporary.resolve("to" + last));
            to = target;
            assertThatThrownBy(() -> copy(() -> left.decrementAndGet() == 0))
                    .isInstanceOf(PullCancelledException.class);
        }
    }
}
