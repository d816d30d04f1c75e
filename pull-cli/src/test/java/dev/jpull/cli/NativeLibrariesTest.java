// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.manual.LibrarySizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which native libraries are not loaded. */
class NativeLibrariesTest {
    @TempDir
    Path directory;

    private Path library;

    @BeforeEach
    void build() throws IOException {
        library = Files.write(directory.resolve("libone.so"), new byte[100]);
        Files.write(directory.resolve("libtwo.so"), new byte[7]);
        LibrarySizes.main(new String[] {directory.toString()});
    }

    @Test
    void theLibrariesOfTheBuildAreLoaded() throws IOException {
        assertThat(directory.resolve("sizes")).hasContent("libone.so 100\nlibtwo.so 7\n");
        assertThat(NativeLibraries.problem(directory)).isNull();
        Files.delete(library);
        assertThat(NativeLibraries.problem(directory))
                .as("a package has those of its system")
                .isNull();
    }

    @Test
    void oneOfAnotherSizeOrKindIsNot() throws IOException {
        for (int size : new int[] {0, 99, 101, 1100}) {
            Files.write(library, new byte[size]);
            assertThat(NativeLibraries.problem(directory))
                    .isEqualTo(library + " is no file of the size that the build noted");
        }
        Files.delete(library);
        Files.createDirectory(library);
        assertThat(NativeLibraries.problem(directory)).startsWith(library.toString());
        Files.delete(library);
        Files.createSymbolicLink(library, directory.resolve("missing"));
        assertThat(NativeLibraries.problem(directory)).startsWith(library.toString());
    }

    @Test
    void withoutUsableSizesNoneIs() throws IOException {
        Path sizes = directory.resolve("sizes");
        for (byte[] content : new byte[][] {new byte[60], {(byte) 0xff}, new byte[5_000]}) {
            Files.write(sizes, content);
            assertThat(NativeLibraries.problem(directory)).isNotNull();
        }
        Files.delete(sizes);
        assertThat(NativeLibraries.problem(directory)).contains(sizes.toString());
    }
}
