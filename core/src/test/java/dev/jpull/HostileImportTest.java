// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.testdata.ImageArchive;
import dev.jpull.testdata.hostile.HostileImageArchives;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that mean harm are refused or do none: nothing outside of the store is touched, and no image loses its name. */
class HostileImportTest {
    private static final String OTHER = "x.example/other:1";

    @TempDir
    Path temporary;

    private ImportScene scene;
    private List<String> before = List.of();

    @BeforeEach
    void importSomethingElse() throws IOException {
        scene = new ImportScene(Files.createDirectory(temporary.resolve("in")));
        scene.stream(ImageArchive.of(ImportScene.IMAGE, OTHER));
        before = files();
    }

    /** What is outside of the store. */
    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(temporary)) {
            return all.filter(path -> !path.startsWith(scene.store()) && !path.endsWith("archive.tar"))
                    .map(Path::toString)
                    .toList();
        }
    }

    static List<HostileImageArchives> archives() {
        return HostileImageArchives.all();
    }

    @ParameterizedTest
    @MethodSource("archives")
    void fromAStreamAndFromAFile(HostileImageArchives archive) throws IOException {
        for (boolean file : new boolean[] {false, true}) {
            Throwable thrown = catchThrowable(() -> {
                if (file) {
                    scene.file(archive.bytes(), ImportOptions.defaults());
                } else {
                    scene.stream(archive.bytes());
                }
            });
            List<String> images = new ArrayList<>(List.of(OTHER + "@" + ImportScene.IMAGE.rootDigest()));
            if (archive.mention().isEmpty()) {
                assertThat(thrown).isNull();
                images.add(HostileImageArchives.NAME + "@" + HostileImageArchives.IMAGE.rootDigest());
            } else {
                assertThat(thrown)
                        .isInstanceOf(IntegrityException.class)
                        .hasMessageContaining(archive.mention())
                        .hasMessageContaining("the archive");
                assertThat(String.valueOf(thrown.getMessage())).matches("[^\\p{Cntrl}]+");
            }
            assertThat(scene.images()).containsExactlyElementsOf(images);
        }
        assertThat(scene.damage()).isEmpty();
        assertThat(files()).isEqualTo(before);
        assertThat(Path.of("/tmp/jpull-escaped")).doesNotExist();
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeAsFileIsRefusedWithoutWaiting() throws IOException, InterruptedException {
        Path pipe = temporary.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> scene.local().importArchive(pipe, ImportOptions.defaults()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a fifo");
    }

    @Test
    void aFailureOfTheStreamIsReported() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the cable is out");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
            }
        };
        assertThatThrownBy(() -> scene.local().importArchive(broken, ImportOptions.defaults()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the cable is out");
    }
}
