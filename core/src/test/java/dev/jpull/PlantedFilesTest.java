// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.error.StoreException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another user plants links, fifos and other things in a store into which root pulls: nothing outside of it is written, read or
 * made readable, nothing waits for ever, and what is refused is named.
 */
@Timeout(600)
class PlantedFilesTest {
    private static final String USER = "nobody";
    private static final TestImage CONTENT = new ImageFactory(60)
            .image("linux/amd64", new Layer(60_000, Compression.NONE), new Layer(900, Compression.GZIP));
    private static final String SECRET = "a secret of root";
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";

    @TempDir
    Path temporary;

    private TestRegistry upstream;
    private int scenes;

    /** What is planted. */
    private enum Kind {
        LINK,
        DANGLING_LINK,
        HARD_LINK,
        FIFO,
        DIRECTORY,
        DEVICE;

        void plant(Path place, Path secret) throws IOException, InterruptedException {
            String at = place.toString();
            switch (this) {
                case LINK -> Files.createSymbolicLink(place, secret);
                case DANGLING_LINK -> Files.createSymbolicLink(place, secret.resolveSibling("new"));
                case HARD_LINK -> Files.createLink(place, secret);
                case FIFO -> run("mkfifo", at);
                case DIRECTORY -> Files.createDirectory(place);
                case DEVICE -> run("mknod", at, "c", "1", "5"); // zeros without end
            }
            if (this != HARD_LINK) {
                run("chown", "-h", USER, at);
            }
        }
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeTrue(Files.getOwner(temporary).getName().equals("root"), "needs root, who can make files of two users");
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        run("chmod", "755", temporary.toString());
    }

    @AfterEach
    void stop() {
        if (upstream != null) {
            upstream.close();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
    }

    private Fixture scene() {
        scenes++;
        return new Fixture(temporary.resolve("scene-" + scenes)).hosts("server = \"" + upstream.origin() + "\"");
    }

    private static void share(Path store) throws IOException, InterruptedException {
        run("chown", "-R", USER, store.toString());
        run("chmod", "-R", "a+rwX", store.toString());
    }

    /** Files of a store that a pull opens, by name. */
    private static List<String> files() {
        String layer = CONTENT.largestBlob().replace("sha256:", "");
        String manifest = CONTENT.rootDigest().replace("sha256:", "");
        return List.of(
                "ingest/sha256/" + layer,
                "ingest/sha256/" + layer + ".ranges",
                "ingest/locks/blobs.lock",
                "ingest/index.lock",
                "blobs/sha256/" + layer,
                "blobs/sha256/" + manifest,
                "index.json",
                "oci-layout");
    }

    @Test
    void filesInAStoreOfRoot() throws Exception {
        for (String file : files()) {
            for (Kind kind : Kind.values()) {
                Fixture fixture = scene();
                Path place = fixture.store().resolve(file);
                prepare(fixture, place, false);
                play(fixture, file, kind, place);
            }
        }
        assertThat(scenes).isEqualTo(48);
    }

    @Test
    void filesInAStoreThatEveryUserMayWriteTo() throws Exception {
        for (String file : files()) {
            for (Kind kind : Kind.values()) {
                Fixture fixture = scene();
                Path place = fixture.store().resolve(file);
                prepare(fixture, place, true);
                play(fixture, file, kind, place);
            }
        }
        assertThat(scenes).isEqualTo(48);
    }

    @Test
    void directoriesOfTheStore() throws Exception {
        for (String directory :
                List.of("blobs", "blobs/sha256", "ingest", "ingest/sha256", "ingest/locks", "ingest/of-root")) {
            for (boolean shared : new boolean[] {false, true}) {
                Fixture fixture = scene();
                Path place = fixture.store().resolve(directory);
                prepare(fixture, place, shared);
                Path outside = Files.createDirectories(temporary.resolve("outside-" + scenes));
                Files.createSymbolicLink(place, outside);
                run("chown", "-h", USER, place.toString());
                Optional<StoreException> refused = pull(fixture);
                assertThat(outside).as(directory).isEmptyDirectory();
                // Root has directories of its own where others may write to the common ones, and does not use them
                // elsewhere.
                boolean unused = shared
                        ? List.of("ingest/sha256", "ingest/locks").contains(directory)
                        : directory.equals("ingest/of-root");
                assertThat(refused.isEmpty()).as(directory + " " + shared).isEqualTo(unused);
                refused.ifPresent(failure -> assertThat(failure)
                        .hasMessageContaining(place.toString())
                        .hasMessageContaining("a symbolic link of " + USER));
            }
        }
    }

    @Test
    void aUserIsTakenForNoOther() throws Exception {
        Fixture fixture = scene();
        prepare(fixture, fixture.store().resolve("ingest/of-root"), true);
        Files.createDirectory(fixture.store().resolve("ingest/of-root"));
        run("chown", USER, fixture.store().resolve("ingest/of-root").toString());
        assertThat(pull(fixture).orElseThrow())
                .hasMessageContaining("ingest/of-root is a directory of " + USER)
                .hasMessageContaining("remove it");
    }

    @Test
    void rootIsToldOnceWhoMayWriteToItsStore() throws Exception {
        Fixture fixture = scene();
        prepare(fixture, fixture.store().resolve("index.json"), true);
        List<String> warnings = new CopyOnWriteArrayList<>();
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning) {
                        warnings.add(warning.text());
                    }
                })
                .build()) {
            puller.pull(IMAGE);
            puller.pull(IMAGE);
        }
        assertThat(warnings)
                .filteredOn(text -> text.contains(" " + fixture.store() + " "))
                .singleElement()
                .asString()
                .contains("owner " + USER, "rwxrwxrwx", "chmod go-w", "chown root", "another directory for the store");
        warnings.clear();
        Fixture own = scene();
        own.pull(IMAGE);
        assertThat(warnings).isEmpty();
    }

    /** A store in which an image was pulled, without what a plant takes the place of, and without its name and its largest layer. */
    private static void prepare(Fixture fixture, Path place, boolean shared) throws IOException, InterruptedException {
        fixture.pull(IMAGE);
        for (String file :
                List.of("index.json", "blobs/sha256/" + CONTENT.largestBlob().replace("sha256:", ""))) {
            Files.delete(fixture.store().resolve(file));
        }
        run("rm", "-rf", place.toString());
        if (shared) {
            share(fixture.store());
        }
    }

    private void play(Fixture fixture, String file, Kind kind, Path place) throws Exception {
        Path secret = Files.writeString(temporary.resolve("secret-" + scenes), SECRET);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Map<String, Object> before = look(secret);
        kind.plant(place, secret);
        String scene = kind + " as " + file + " in scene " + scenes;
        Optional<StoreException> refused = pull(fixture);
        assertThat(look(secret)).as(scene).isEqualTo(before);
        assertThat(secret).as(scene).hasContent(SECRET);
        assertThat(secret.resolveSibling("new")).as(scene).doesNotExist();
        for (Path copy : copies(fixture.store())) {
            assertThat(Files.readString(copy, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .as(scene)
                    .doesNotContain(SECRET);
        }
        if (refused.isPresent()) {
            String message = String.valueOf(refused.get().getMessage());
            assertThat(message).as(scene).contains(place.toString());
            if (kind != Kind.HARD_LINK) {
                assertThat(message).as(scene).contains(" of " + USER);
            }
        } else {
            assertThat(Files.readAllBytes(fixture.blob(CONTENT.largestBlob())))
                    .as(scene)
                    .isEqualTo(CONTENT.blob(CONTENT.largestBlob()));
            assertThat(fixture.blob(CONTENT.largestBlob()).toFile().length())
                    .as(scene)
                    .isPositive();
            assertThat(Files.isRegularFile(fixture.blob(CONTENT.largestBlob()), LinkOption.NOFOLLOW_LINKS))
                    .as(scene)
                    .isTrue();
        }
        others(fixture);
        assertThat(look(secret)).as(scene).isEqualTo(before);
    }

    /** What other commands do; whether they can, is for them to say. */
    private static void others(Fixture fixture) throws Exception {
        List<Runnable> commands = List.of(
                () -> LocalStore.open(fixture.store()).images(),
                () -> LocalStore.open(fixture.store()).verify(true),
                () -> LocalStore.open(fixture.store()).prune(Duration.ZERO, 0, false),
                () -> LocalStore.open(fixture.store()).remove(List.of(IMAGE)));
        for (Runnable command : commands) {
            inTime(() -> {
                try {
                    command.run();
                } catch (StoreException e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            });
        }
    }

    private static Optional<StoreException> pull(Fixture fixture) throws Exception {
        List<StoreException> refused = new ArrayList<>();
        inTime(() -> {
            try (ImagePuller puller = fixture.builder().build()) {
                puller.pull(IMAGE);
            } catch (StoreException e) {
                refused.add(e);
            }
        });
        return refused.stream().findFirst();
    }

    private static void inTime(Runnable action) throws Exception {
        CompletableFuture.runAsync(action).get(60, TimeUnit.SECONDS);
    }

    private static Map<String, Object> look(Path file) throws IOException {
        return Files.readAttributes(file, "unix:mode,uid,size,lastModifiedTime,ino");
    }

    /** The files of the store that other users may read. */
    private static List<Path> copies(Path store) throws IOException {
        try (var all = Files.walk(store)) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> {
                        try {
                            return Files.getPosixFilePermissions(file).size() > 2;
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
