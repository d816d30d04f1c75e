// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.posix.OpenDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directories of lower trees are found along a path, and few of them are open at a time. */
class LowerPlaceTest {
    private static final int TREES = 60;
    private static final int DEPTH = 12;
    private static final byte[] NAME = "d".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path temporary;

    private final List<OpenDirectory> trees = new ArrayList<>();

    @BeforeEach
    void makeTrees() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "snapshots are made on Linux");
        for (int i = 0; i < TREES; i++) {
            Path tree = Files.createDirectory(temporary.resolve(String.valueOf(i)));
            Files.createDirectories(tree.resolve("d" + "/d".repeat(DEPTH - 1)));
            trees.add(OpenDirectory.open(tree));
        }
    }

    @AfterEach
    void close() throws IOException {
        for (OpenDirectory each : trees) {
            each.close();
        }
    }

    /** How many directories of the trees this process has open. */
    private long open() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(file -> {
                        try {
                            return Files.readSymbolicLink(file).startsWith(temporary);
                        } catch (IOException e) {
                            return false; // closed meanwhile
                        }
                    })
                    .count();
        }
    }

    private Object inodeOf(int depth) throws IOException {
        return Files.getAttribute(temporary.resolve("0" + "/d".repeat(depth)), "unix:ino");
    }

    @Test
    void fewDirectoriesAreOpenOnALongPath() throws IOException {
        List<LowerPlace> places = new ArrayList<>();
        LowerPlace place = LowerPlace.root(trees);
        for (int i = 0; i < DEPTH; i++) {
            place = place.child(NAME, false);
            assertThat(place.top().attributes().status().inode()).isEqualTo(inodeOf(i + 1));
            places.add(place);
            assertThat(open()).isLessThanOrEqualTo(TREES + 256);
        }
        assertThat(open()).isGreaterThan(TREES);
        for (int i = DEPTH - 1; i >= 0; i--) {
            assertThat(places.get(i).top().attributes().status().inode()).isEqualTo(inodeOf(i + 1));
            places.get(i).close();
        }
        assertThat(open()).isEqualTo(TREES);
    }

    @Test
    void aFileHidesWhatIsBelow() throws IOException {
        Files.writeString(temporary.resolve("3/x"), "file");
        Files.createDirectory(temporary.resolve("4/x"));
        Files.createDirectory(temporary.resolve("2/y"));
        Files.writeString(temporary.resolve("3/y"), "file");
        LowerPlace root = LowerPlace.root(trees);
        try (LowerPlace hidden = root.child("x".getBytes(StandardCharsets.US_ASCII), false);
                LowerPlace shown = root.child("y".getBytes(StandardCharsets.US_ASCII), false);
                LowerPlace none = root.child("y".getBytes(StandardCharsets.US_ASCII), true)) {
            assertThat(hidden.isEmpty()).isTrue();
            assertThat(Objects.requireNonNull(hidden.other()).size()).isEqualTo(4);
            assertThat(shown.isEmpty()).isFalse();
            assertThat(shown.other()).isNull();
            assertThat(none.isEmpty()).isTrue();
            assertThat(none.other()).isNull();
        }
    }
}
