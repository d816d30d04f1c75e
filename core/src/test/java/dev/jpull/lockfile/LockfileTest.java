// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.LockException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Digest;
import dev.jpull.image.LockedImage;
import dev.jpull.text.LockColumns;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a lock file may have, and how it changes. */
class LockfileTest {
    private static final Instant DATE = Instant.parse("2026-01-31T12:00:00Z");
    private static final String ONE = "sha256:" + "1".repeat(64);
    private static final String TWO = "sha256:" + "2".repeat(64);
    private static final String VERSION = "# jpull lock file, version 1\n";
    private static final String LINE = "r.example/app:1 " + ONE + " 2026-01-31T12:00:00Z https://r.example";

    @TempDir
    private Path directory;

    private Path path() {
        return directory.resolve("jpull.lock");
    }

    private Lockfile holding(String content) throws IOException {
        Files.writeString(path(), content);
        return new Lockfile(path());
    }

    private static LockedImage image(String name, String digest) {
        return new LockedImage(name, Digest.parse(digest), DATE, "https://r.example", Map.of());
    }

    private static LockedImage put(Lockfile file, LockedImage image) {
        return file.change(image.name(), now -> image, () -> false);
    }

    @Test
    void theAgeOfALineIsKnownAtEveryTimeThatAClockMayHave() {
        LockRules rules = new LockRules(path(), LockRules.Mode.FOLLOWED, Duration.ofDays(9));
        LockedImage line = image("r.example/app:1", ONE);

        assertThat(rules.isOutdated(line, Instant.MAX)).isTrue();
        assertThat(rules.isOutdated(line, Instant.MIN))
                .as("a date in the future")
                .isTrue();
        assertThat(rules.isOutdated(line, DATE.minus(Duration.ofDays(1)))).isFalse();
        assertThat(rules.isOutdated(line, DATE.minus(Duration.ofDays(1)).minusNanos(1)))
                .isTrue();
        assertThat(rules.isOutdated(line, DATE.plus(Duration.ofDays(9)))).isFalse();
        assertThat(rules.isOutdated(line, DATE.plus(Duration.ofDays(9)).plusNanos(1)))
                .isTrue();
    }

    @Test
    void aNewFileHasSortedLinesOfOneImageEach() throws IOException {
        Lockfile file = new Lockfile(path());
        put(file, image("r.example/z:1", TWO));
        put(
                file,
                new LockedImage(
                        "docker.io/library/busybox:1.36",
                        Digest.parse(ONE),
                        DATE.plusMillis(7),
                        "",
                        Map.of("linux/arm64", Digest.parse(TWO), "linux/amd64", Digest.parse(ONE))));

        assertThat(path())
                .hasContent(VERSION + "# IMAGE DIGEST DATE HOST PLATFORM=DIGEST...\n"
                        + "docker.io/library/busybox:1.36 " + ONE + " 2026-01-31T12:00:00Z - linux/amd64=" + ONE
                        + " linux/arm64=" + TWO + "\n"
                        + "r.example/z:1 " + TWO + " 2026-01-31T12:00:00Z https://r.example\n");
        assertThat(new Lockfile(path()).images())
                .extracting(LockedImage::name)
                .containsExactly("docker.io/library/busybox:1.36", "r.example/z:1");
        assertThat(namesInDirectory()).containsExactly("jpull.lock");
    }

    private List<String> namesInDirectory() throws IOException {
        try (Stream<Path> names = Files.list(directory)) {
            return names.map(name -> name.getFileName().toString()).toList();
        }
    }

    @Test
    void linesThatAreNotChangedKeepTheirBytes() throws IOException {
        String crlf = LINE + " linux/arm64=" + TWO + " linux/amd64=" + ONE + "\r\n"; // not as this program sorts it
        Lockfile file = holding("# jpull lock file, version 1\r\n# our base images\r\n" + crlf);

        put(file, image("r.example/app:0", TWO));

        assertThat(Files.readString(path()))
                .isEqualTo("# jpull lock file, version 1\r\n# our base images\r\nr.example/app:0 " + TWO
                        + " 2026-01-31T12:00:00Z https://r.example\r\n" + crlf);
    }

    /** As the merge driver "union" of Git leaves them. */
    @Test
    void linesInAnotherOrderAreReadAndSortedByTheNextWrite() throws IOException {
        String first = LINE.replace("app:1", "app:0") + "\n";
        Lockfile file = holding(VERSION + LINE + "\n" + first);
        assertThat(file.images()).extracting(LockedImage::name).containsExactly("r.example/app:0", "r.example/app:1");

        put(file, image("r.example/app:2", ONE));

        assertThat(path()).hasContent(VERSION + first + LINE + "\n" + LINE.replace("app:1", "app:2") + "\n");
    }

    @Test
    void aLineThatIsAsItShouldBeIsNotWritten() throws IOException {
        Lockfile file = holding(VERSION + LINE + "\n");
        Object before = Files.readAttributes(path(), "unix:ino,lastModifiedTime");

        put(file, image("r.example/app:1", ONE));

        assertThat(Files.readAttributes(path(), "unix:ino,lastModifiedTime")).isEqualTo(before);
    }

    @Test
    void aLastLineWithoutLineEndIsRead() throws IOException {
        Lockfile file = holding(VERSION + LINE);

        put(file, image("r.example/b:1", TWO));

        assertThat(Files.readString(path())).contains(LINE + "\nr.example/b:1");
    }

    @Test
    void whatAnotherProgramHasChangedIsSeenAtOnce() throws IOException {
        Lockfile file = holding(VERSION);
        assertThat(file.find("r.example/app:1", true)).isNull();

        Files.writeString(path(), VERSION + LINE + "\n");

        assertThat(file.find("r.example/app:1", true)).isEqualTo(image("r.example/app:1", ONE));
    }

    @Test
    void anEmptyFileHasNoImage() throws IOException {
        assertThat(holding("").images()).isEmpty();
    }

    @Test
    void thePermissionsOfTheFileStay() throws IOException {
        Lockfile file = holding(VERSION);
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw-r--"));

        put(file, image("r.example/app:1", ONE));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-rw-r--");
    }

    @Test
    void aSymbolicLinkIsReadAndNotReplaced() throws IOException {
        Path target = Files.writeString(directory.resolve("other"), VERSION + LINE + "\n");
        Files.createSymbolicLink(path(), target);
        Lockfile file = new Lockfile(path());

        assertThat(file.images()).hasSize(1);
        assertThatThrownBy(() -> put(file, image("r.example/app:1", TWO)))
                .isInstanceOf(LockException.class)
                .hasMessageContaining("it is a symbolic link, which would be replaced: name the file that it leads to");
        assertThat(target).hasContent(VERSION + LINE);
        assertThat(path()).isSymbolicLink();
    }

    @Test
    void filesThatAKilledProcessHasLeftDoNoHarm() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside"), "kept");
        Files.createSymbolicLink(directory.resolve("jpull.lock.new"), outside);
        Files.writeString(directory.resolve("jpull.lock.busy"), "a text of some other process, longer than a nonce");

        put(new Lockfile(path()), image("r.example/app:1", ONE));

        assertThat(outside).hasContent("kept");
        assertThat(namesInDirectory()).containsExactlyInAnyOrder("jpull.lock", "outside");
    }

    @Test
    void aMutexThatIsALinkIsNotFollowed() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside"), "kept");
        Files.createSymbolicLink(directory.resolve("jpull.lock.busy"), outside);

        assertThatThrownBy(() -> put(new Lockfile(path()), image("r.example/app:1", ONE)))
                .isInstanceOf(LockException.class)
                .hasMessageContaining("cannot be written");
        assertThat(outside).hasContent("kept");
    }

    @Test
    void anotherProcessIsWaitedForALimitedTime() throws Exception {
        Path mutex = directory.resolve("jpull.lock.busy");
        LockfileMutex impatient = new LockfileMutex(mutex, Duration.ofMillis(50));
        Process holder = LockHolder.start(mutex);
        try {
            assertThatThrownBy(() -> impatient.run(() -> false, () -> "done"))
                    .isInstanceOf(LockException.class)
                    .hasMessageContaining("another thread or process has " + mutex + " locked");
            assertThatThrownBy(() -> LockfileMutex.of(path()).run(() -> true, () -> "done"))
                    .isInstanceOf(PullCancelledException.class);
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(LockfileMutex.of(path()).run(() -> false, () -> "done")).isEqualTo("done");
    }

    @Test
    void manyThreadsChangeLinesOfTheirOwn() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int own = i;
                work.add(() -> {
                    Lockfile file = new Lockfile(path());
                    for (int j = 0; j < 10; j++) {
                        put(file, image("r.example/app-" + own + ":" + j, ONE));
                    }
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(work)) {
                done.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(new Lockfile(path()).images()).hasSize(threads * 10);
        assertThat(namesInDirectory()).containsExactly("jpull.lock");
    }

    @Test
    void threadsThatComeByALinkAreExcludedToo() throws Exception {
        Path link =
                Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("real")));
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int own = i;
                Path parent = own % 2 == 0 ? link : directory.resolve("real");
                work.add(() -> {
                    Lockfile file = new Lockfile(parent.resolve("jpull.lock"));
                    for (int j = 0; j < 10; j++) {
                        put(file, image("r.example/app-" + own + ":" + j, ONE));
                    }
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(work)) {
                done.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(new Lockfile(link.resolve("jpull.lock")).images()).hasSize(threads * 10);
    }

    @Test
    void theParentOfALinkedDirectoryIsThatOfItsTarget() throws IOException {
        Path inner = Files.createDirectories(directory.resolve("real/inner"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), inner);

        put(new Lockfile(link.resolve("../jpull.lock")), image("r.example/app:1", ONE));

        assertThat(directory.resolve("real/jpull.lock")).exists();
        assertThat(path()).doesNotExist();
    }

    @Test
    void anotherThreadIsWaitedForALimitedTimeAndUntilACancellation() throws Exception {
        Path mutex = directory.resolve("jpull.lock.busy");
        Path sameMutex = directory.resolve("JPULL.lock.busy");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            LockfileMutex.of(path()).run(() -> false, () -> {
                for (Path each : List.of(mutex, sameMutex)) {
                    Future<String> late = pool.submit(
                            () -> new LockfileMutex(each, Duration.ofMillis(50)).run(() -> false, () -> "done"));
                    assertThatThrownBy(() -> late.get(15, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(LockException.class)
                            .hasMessageContaining("another thread or process has " + each + " locked");
                    Future<String> cancelled = pool.submit(
                            () -> new LockfileMutex(each, Duration.ofSeconds(60)).run(() -> true, () -> "done"));
                    assertThatThrownBy(() -> cancelled.get(15, TimeUnit.SECONDS))
                            .hasCauseInstanceOf(PullCancelledException.class);
                }
                return "done";
            });
        } finally {
            pool.shutdownNow();
        }
        assertThat(System.getProperties().stringPropertyNames())
                .noneMatch(name -> name.startsWith("dev.jpull.lockfile"));
    }

    @Test
    void systemPropertiesThatAreRestoredHoldNoMutex() {
        Properties shared = new Properties();
        assertThat(LockfileMutex.enter(shared, "key")).isTrue();
        assertThat(LockfileMutex.enter(shared, "key")).isFalse();

        Properties restored = new Properties();
        restored.putAll(shared);

        assertThat(LockfileMutex.enter(restored, "key")).isTrue();
        assertThat(LockfileMutex.enter(restored, "key")).isFalse();
    }

    @Test
    void processesChangeLinesOfTheirOwn() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(LockWriter.start(path(), "app-" + i));
        }
        for (Process process : processes) {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }
        assertThat(new Lockfile(path()).images()).hasSize(3 * LockWriter.LINES);
        assertThat(namesInDirectory()).containsExactly("jpull.lock");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(VERSION + "r.example/app:1 " + ONE, ":2: \"r.example/app:1 sha256:1111"),
                Arguments.of(VERSION + "\n", ":2: \"\" is not of the form IMAGE DIGEST DATE HOST"),
                Arguments.of(
                        VERSION + "app:1" + LINE.substring(15) + "\n",
                        ":2:1: \"app:1\" is no reference in full: write docker.io/library/app:1"),
                Arguments.of(VERSION + "../../etc" + LINE.substring(15), ":2:1: invalid image reference"),
                Arguments.of(VERSION + LINE.replace(ONE, "sha256:11"), ":2:17: \"sha256:11\" is not a digest"),
                Arguments.of(VERSION + LINE.replace("01-31", "13-41"), ":2:89: \"2026-13-41T12:00:00Z\" is not a date"),
                Arguments.of(
                        VERSION + LINE.replace("01-31", "99"), ":2:89: \"2026-99T12:00:00Z\" is not a date such as"),
                Arguments.of(
                        VERSION + LINE.replace("https://r", "https://user:secret@r"),
                        ":2:1: \"https://***@r.example\" is not the origin of a host"),
                Arguments.of(
                        VERSION + LINE + " linux/amd64", ":2:128: \"linux/amd64\" is not of the form PLATFORM=DIGEST"),
                Arguments.of(
                        VERSION + LINE + " linux/amd64=" + ONE + " linux/amd64=" + TWO,
                        "the platform \"linux/amd64\" is there twice"),
                Arguments.of(VERSION + LINE + " lin\u202eux/amd64=" + ONE, "\"lin\\u202eux/amd64\" is not a platform"),
                Arguments.of(
                        VERSION + LINE + "  linux/amd64=" + ONE, ":2:128: \"\" is not of the form PLATFORM=DIGEST"),
                Arguments.of(
                        VERSION + LINE + "\n" + LINE.replace(ONE, TWO),
                        ":3: the image r.example/app:1 has two lines: keep the right one"),
                Arguments.of(
                        VERSION + "<<<<<<< HEAD\n" + LINE,
                        ":2: \"<<<<<<< HEAD\" is left from a merge: keep one line of each image"),
                Arguments.of(VERSION + LINE + "\n=======\n", ":3: \"=======\" is left from a merge"),
                Arguments.of(VERSION + LINE + "\n# late", ":3: a comment stands behind the first image"),
                Arguments.of(VERSION + "# \u001b[2J\n", ":2: \"# \\u001b[2J\" has control characters"),
                Arguments.of(VERSION + "#\n".repeat(200), ":101: there are more than 100 lines of comments"),
                Arguments.of(
                        VERSION + "r.example/app@" + ONE + LINE.substring(15).replace(ONE, TWO),
                        "the digest of r.example/app@" + ONE + " cannot be " + TWO),
                Arguments.of(
                        "# jpull lock file, version 2\n",
                        ":1:28: this program does not know version \"2\" of lock files"),
                Arguments.of(LINE, ":1: \"r.example/app:1 sha256:1"),
                Arguments.of(
                        "\uFEFF" + VERSION,
                        ":1: \"\\ufeff# jpull lock file, version 1\" is not the first line of a lock file"),
                Arguments.of("\0".repeat(1000), ":1: \"\\u0000"),
                Arguments.of(VERSION + "a".repeat(100_000), ":2: the line has more than 65536 characters"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsReportedWithItsPlace(String content, String message) throws IOException {
        Lockfile file = holding(content);

        assertThatThrownBy(file::images)
                .isInstanceOf(LockException.class)
                .hasMessageStartingWith(path() + ":")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("secret", "\u001b", "\u202e")
                .hasSizeLessThan(800);
        assertThatThrownBy(() -> put(file, image("r.example/other:1", ONE))).isInstanceOf(LockException.class);
        assertThat(Files.readString(path())).isEqualTo(content);
    }

    @Test
    void aFileOfOtherBytesThanUtf8IsRefused() throws IOException {
        Files.write(path(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> new Lockfile(path()).images())
                .isInstanceOf(LockException.class)
                .hasMessageContaining("is not UTF-8 text");
    }

    @Test
    void aMillionLinesAreRefused() throws IOException {
        StringBuilder lines = new StringBuilder(VERSION);
        for (int i = 0; lines.length() < 15 << 20; i++) {
            lines.append("r.example/app-")
                    .append(i)
                    .append(LINE.substring("r.example/app".length()))
                    .append('\n');
        }
        assertThatThrownBy(() -> holding(lines.toString()).images())
                .isInstanceOf(LockException.class)
                .hasMessageContaining("more than 20000 images");

        Files.writeString(path(), LINE.repeat(140), StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[1]), 1L << 30);
        }
        assertThatThrownBy(() -> new Lockfile(path()).images())
                .isInstanceOf(LockException.class)
                .hasMessageContaining("it has more than 16777216 bytes");
    }

    @Test
    void whatTheFileCouldNotBeReadWithIsNotWritten() throws IOException {
        Lockfile file = holding(VERSION + LINE + "\n");
        TreeMap<String, Digest> platforms = new TreeMap<>();
        for (int i = 0; i < 256; i++) {
            platforms.put("linux/" + "a".repeat(180) + i, Digest.parse(ONE));
        }
        LockedImage large = new LockedImage("r.example/large:1", Digest.parse(ONE), DATE, "", platforms);

        assertThatThrownBy(() -> put(file, large))
                .isInstanceOf(LockException.class)
                .hasMessageStartingWith("the line of r.example/large:1 cannot be added to the lock file " + path())
                .hasMessageContaining("the line has more than 65536 characters")
                .hasMessageEndingWith("lock fewer platforms");
        assertThat(Files.readString(path())).isEqualTo(VERSION + LINE + "\n");

        StringBuilder full = new StringBuilder(VERSION);
        for (int i = 0; i < LockParser.MAX_LINES; i++) {
            full.append(LINE.replace("app:1", "app:" + i)).append('\n');
        }
        Files.writeString(path(), full);
        assertThatThrownBy(() -> put(file, image("r.example/b:1", ONE)))
                .isInstanceOf(LockException.class)
                .hasMessageContaining("more than 20000 images: use several lock files");
        assertThat(file.images()).hasSize(LockParser.MAX_LINES);
        put(file, image("r.example/app:1", TWO));
        assertThat(file.find("r.example/app:1", true)).isEqualTo(image("r.example/app:1", TWO));
    }

    @Test
    void theOwnerAndTheGroupOfTheFileStay() throws IOException {
        Lockfile file = holding(VERSION);
        if (Files.getAttribute(path(), "unix:uid").equals(0)) { // only root may give it to another user
            Files.setAttribute(path(), "unix:uid", 12345);
            Files.setAttribute(path(), "unix:gid", 54321);
        }
        Object before = Files.readAttributes(path(), "unix:uid,gid,mode");

        put(file, image("r.example/app:1", ONE));

        assertThat(Files.readAttributes(path(), "unix:uid,gid,mode")).isEqualTo(before);
    }

    @Test
    void aDirectoryOrAMissingFileIsNoLockFile() throws IOException {
        assertThatThrownBy(() -> new Lockfile(path()).images())
                .isInstanceOf(LockException.class)
                .hasMessageContaining("there is no lock file " + path());
        Files.createDirectory(path());
        assertThatThrownBy(() -> new Lockfile(path()).find("r.example/app:1", false))
                .isInstanceOf(LockException.class)
                .hasMessageContaining("it is a directory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://r.example/path", "ftp://r.example", "https://r.example?x", "r.example", "https://"})
    void aHostIsAnOrigin(String host) {
        assertThat(LockColumns.isHost(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux/amd64", "linux/arm/v7", "windows(10.0.17763+win32k)/amd64"})
    void aPlatformIsWrittenAndRead(String platform) {
        Lockfile file = new Lockfile(path());
        LockedImage image = new LockedImage(
                "r.example/app:1",
                Digest.parse(ONE),
                DATE,
                "http://[::1]:5000",
                new TreeMap<>(Map.of(platform, Digest.parse(TWO))));

        put(file, image);

        assertThat(new Lockfile(path()).find("r.example/app:1", true)).isEqualTo(image);
    }
}
