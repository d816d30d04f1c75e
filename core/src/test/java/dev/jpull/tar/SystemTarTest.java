// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random trees that the system's tar packs, in all of its formats, are read as they are. */
class SystemTarTest {
    private static final Path TAR = Path.of("/usr/bin/tar");
    private static final long LARGEST = 2 << 20;

    @TempDir
    private Path directory;

    private final long seed = Long.getLong("jpull.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, Path> files = new LinkedHashMap<>();

    @Test
    void treesAreReadAsTheyWerePacked() throws Exception {
        assumeThat(Files.isExecutable(TAR)).as("tar").isTrue();
        Path tree = Files.createDirectory(directory.resolve("tree"));
        plant(tree, ".", 3);
        List<List<String>> forms = List.of(
                List.of("--format=v7"),
                List.of("--format=ustar"),
                List.of("--format=oldgnu"),
                List.of("--format=gnu"),
                List.of("--format=gnu", "--sparse"),
                List.of("--format=posix"),
                List.of("--format=posix", "--xattrs"),
                List.of("--format=posix", "--sparse", "--sparse-version=0.0"),
                List.of("--format=posix", "--sparse", "--sparse-version=0.1"),
                List.of("--format=posix", "--sparse", "--sparse-version=1.0", "--hole-detection=raw"));
        for (List<String> form : forms) {
            Path archive = pack(tree, form);
            compare(archive, form);
        }
    }

    private void plant(Path directory, String path, int depth) throws IOException {
        files.put(path + (path.equals(".") ? "/" : ""), directory);
        boolean longNames = depth == 2;
        for (int i = 0; i < 5; i++) {
            String name = name(longNames) + i;
            Path at = directory.resolve(name);
            String full = path + "/" + name;
            switch (random.nextInt(depth > 0 ? 6 : 4)) {
                case 0, 1 -> file(at, full);
                case 2 -> {
                    Files.createSymbolicLink(at, Path.of(name(longNames) + "/../x"));
                    files.put(full, at);
                }
                case 3 -> sparse(at, full);
                default -> plant(Files.createDirectory(at), full, depth - 1);
            }
        }
        Files.setLastModifiedTime(directory, time());
    }

    /** Names of letters that every locale can express; the tests of bytes are elsewhere. */
    private String name(boolean isLong) {
        StringBuilder name = new StringBuilder();
        for (int length = isLong ? 60 + random.nextInt(60) : 1 + random.nextInt(12); length > 0; length--) {
            name.append("abcdefXYZ019 .-_=\"'\\*?[]{}!#%&+,:;<>@^`|~".charAt(random.nextInt(41)));
        }
        return "n" + name;
    }

    private FileTime time() {
        return FileTime.from(Instant.ofEpochSecond(random.nextInt(2_000_000_000), random.nextInt(1_000_000_000)));
    }

    private void file(Path at, String path) throws IOException {
        byte[] content = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(3000)];
        random.nextBytes(content);
        Files.write(at, content);
        UserDefinedFileAttributeView attributes = Files.getFileAttributeView(at, UserDefinedFileAttributeView.class);
        if (attributes != null && random.nextBoolean()) {
            attributes.write("key", ByteBuffer.wrap("a=b\n".getBytes(StandardCharsets.UTF_8)));
        }
        Files.setLastModifiedTime(at, time());
        files.put(path, at);
    }

    private void sparse(Path at, String path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(at.toFile(), "rw")) {
            file.setLength(random.nextInt((int) LARGEST));
            for (int parts = random.nextInt(30); parts > 0; parts--) {
                file.seek(random.nextInt((int) LARGEST));
                byte[] part = new byte[1 + random.nextInt(5000)];
                random.nextBytes(part);
                file.write(part);
            }
        }
        Files.setLastModifiedTime(at, time());
        files.put(path, at);
    }

    private Path pack(Path tree, List<String> form) throws Exception {
        Path archive = directory.resolve("archive.tar");
        List<String> command = new ArrayList<>(List.of(TAR.toString(), "-cf", archive.toString(), "--numeric-owner"));
        command.addAll(form);
        command.addAll(List.of("-C", tree.toString(), "."));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        boolean complete = process.exitValue() == 0;
        // Formats without long names leave those out, and say so.
        assertThat(complete || form.contains("--format=v7") || form.contains("--format=ustar"))
                .as("%s, seed %d: %s", command, seed, Files.readString(directory.resolve("output")))
                .isTrue();
        return archive;
    }

    private void compare(Path archive, List<String> form) throws IOException {
        String about = form + ", seed " + seed;
        List<Reading.Read> entries = Reading.all(Files.newInputStream(archive), TarLimits.DEFAULT);
        boolean shortNames = form.contains("--format=v7") || form.contains("--format=ustar");
        assertThat(entries).as(about).hasSizeBetween(1, files.size());
        if (!shortNames) {
            assertThat(entries).as(about).hasSameSizeAs(files.keySet());
        }
        for (Reading.Read read : entries) {
            String path = read.path();
            String key = files.containsKey(path) ? path : path.replaceAll("/$", "");
            assertThat(files).as(about).containsKey(key);
            compare(read, Objects.requireNonNull(files.get(key)), form, about + ": " + path);
        }
        if (form.contains("--sparse")) {
            assertThat(entries)
                    .as(about)
                    .anyMatch(read ->
                            read.entry().sparse() != null || read.entry().size() == 0);
        }
    }

    private static void compare(Reading.Read read, Path file, List<String> form, String about) throws IOException {
        TarEntry entry = read.entry();
        Map<String, Object> truth = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        assertThat(entry.mode()).as(about).isEqualTo(attribute(truth, "mode", Integer.class) & 07777);
        assertThat(entry.uid())
                .as(about)
                .isEqualTo(attribute(truth, "uid", Integer.class).longValue());
        assertThat(entry.gid())
                .as(about)
                .isEqualTo(attribute(truth, "gid", Integer.class).longValue());
        Instant modified = attribute(truth, "lastModifiedTime", FileTime.class).toInstant();
        assertThat(entry.modified())
                .as(about)
                .isEqualTo(
                        form.contains("--format=posix") ? modified : Instant.ofEpochSecond(modified.getEpochSecond()));
        if (Files.isSymbolicLink(file)) {
            assertThat(entry.type()).as(about).isEqualTo(EntryType.SYMLINK);
            String target = Files.readSymbolicLink(file).toString();
            // The old formats cut longer ones.
            boolean cut = target.length() >= 100 && (form.contains("--format=v7") || form.contains("--format=ustar"));
            assertThat(cut ? target : entry.link().text()).as(about).isEqualTo(target);
        } else if (Files.isDirectory(file)) {
            assertThat(entry.type()).as(about).isEqualTo(EntryType.DIRECTORY);
        } else {
            assertThat(entry.type()).as(about).isEqualTo(EntryType.FILE);
            assertThat(entry.size()).as(about).isEqualTo(Files.size(file));
            assertThat(read.content()).as(about).isEqualTo(Files.readAllBytes(file));
        }
        if (form.contains("--xattrs") && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            UserDefinedFileAttributeView attributes =
                    Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
            int expected = attributes == null ? 0 : attributes.list().size();
            assertThat(entry.xattrs().keySet())
                    .as(about)
                    .extracting(RawPath::text)
                    .containsExactlyElementsOf(expected == 0 ? List.of() : List.of("user.key"));
        }
    }

    private static <T> T attribute(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name)));
    }
}
