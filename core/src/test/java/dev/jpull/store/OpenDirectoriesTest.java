// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Directories that stay open are closed in the end, whatever happens to their paths. */
@EnabledOnOs(OS.LINUX)
class OpenDirectoriesTest {
    @TempDir
    Path temporary;

    private long descriptors() throws IOException {
        long count = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                try {
                    count += Files.readSymbolicLink(descriptor).startsWith(temporary.toRealPath()) ? 1 : 0;
                } catch (NoSuchFileException e) {
                    assertThat(e).as("another thread has closed it").isNotNull();
                }
            }
        }
        return count;
    }

    @Test
    void aDirectoryWhosePathCannotBeReadIsClosed() throws IOException {
        Path parent = Files.createDirectory(temporary.resolve("parent"));
        Path child = Files.createDirectory(parent.resolve("child"));
        OpenDirectories directories = new OpenDirectories();
        OpenDirectories.Opener opener = () -> StoreDirectory.open(child);
        directories.at("child", opener).close();
        assertThat(descriptors()).isPositive();
        Files.move(parent, temporary.resolve("moved"));
        Files.createSymbolicLink(parent, Path.of("parent")); // leads to itself
        assertThatThrownBy(() -> directories.at("child", opener))
                .isInstanceOf(FileSystemException.class)
                .isNotInstanceOf(NoSuchFileException.class);
        directories.close();
        assertThat(descriptors()).isZero();
    }

    @Test
    void aDirectoryThatWasReplacedIsOpenedAgain() throws IOException {
        Path child = Files.createDirectory(temporary.resolve("child"));
        try (OpenDirectories directories = new OpenDirectories()) {
            directories.at("child", () -> StoreDirectory.open(child)).close();
            Files.move(child, temporary.resolve("moved"));
            Files.createDirectory(child);
            try (StoreDirectory again = directories.at("child", () -> StoreDirectory.open(child))) {
                assertThat(again.attributes().fileKey())
                        .isEqualTo(Files.readAttributes(child, "fileKey").get("fileKey"));
            }
        }
        assertThat(descriptors()).isZero();
    }
}
