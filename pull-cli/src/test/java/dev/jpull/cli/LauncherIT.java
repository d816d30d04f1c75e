// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InstalledCommand.Run;
import dev.jpull.cli.InstalledCommand.Started;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds the command: its streams, the locale, and the archive of classes. */
class LauncherIT {
    @TempDir
    Path temporary;

    private InstalledCommand command;

    @BeforeEach
    void install() throws IOException {
        command = InstalledCommand.in(temporary.resolve("installed"));
    }

    private Run shell(Map<String, String> environment, String script, String... args)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        whole.addAll(List.of(args));
        return command.run(environment, whole);
    }

    @Test
    void outputThatCannotBeWrittenFails() throws IOException, InterruptedException {
        for (String redirection : List.of(">/dev/full", ">&-")) {
            for (String args : List.of("--version", "--help", "hosts explain busybox")) {
                Run run = shell(Map.of(), "\"$1\" " + args + " " + redirection, command.launcher());
                assertThat(run.exitCode()).as(args + redirection).isEqualTo(8);
                assertThat(run.err()).contains("standard output cannot be written");
            }
        }
        Run full = shell(Map.of(), "\"$1\" --version 2>/dev/full", command.launcher());
        assertThat(full.exitCode()).isZero();
        assertThat(shell(Map.of(), "\"$1\" --version 2>&- <&-", command.launcher())
                        .out())
                .startsWith("jpull ");
    }

    /** A directory with a name that is not ASCII, whatever the locale of the tests is. */
    private static final String UMLAUT = "d=$1/$(printf 'j\\303\\274rgen'); shift; mkdir -p \"$d\"; cd \"$d\"; ";

    @Test
    void namesThatAreNotAsciiWorkInAnyLocale() throws IOException, InterruptedException {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.serve("app", "1", new ImageFactory(3).image("linux/amd64", new Layer(900, Compression.NONE)));
            String image = registry.host() + "/app:1";
            for (Map<String, String> locale : List.of(
                    Map.of("LC_ALL", "C"),
                    Map.of("LC_ALL", "POSIX"),
                    Map.of("LANG", "C"),
                    Map.<String, String>of(),
                    Map.of("LC_ALL", "xx_XX.UTF-8"),
                    Map.of("LC_ALL", "xx_XX.ISO-8859-1"),
                    Map.of("LANG", "xx_XX@euro"),
                    Map.of("LC_CTYPE", "C.UTF-8", "LANG", "xx_XX.UTF-8"))) {
                Run run = shell(locale, UMLAUT + """
                        rm -rf "$d"/*; mkdir -p "$d/certs.d/registry.example"
                        printf 'ca = "z\\303\\274rich.pem"\\n' >"$d/certs.d/registry.example/hosts.toml"
                        "$1" --plain-http -q --store "$d/store" --platform linux/amd64 "$2" || exit 40
                        HOME=$d "$1" -q "$2" || exit 41
                        test -f "$d/.local/share/jpull/index.json" || exit 42
                        JPULL_STORE=$d/third "$1" -q "$2" || exit 43
                        "$1" store verify --store "$d/store" || exit 44
                        "$1" -v hosts explain --hosts-dir "$d/certs.d" registry.example/app:1 2>&1
                        """, temporary.toString(), command.launcher(), image);
                assertThat(run.exitCode()).as(locale + run.out() + run.err()).isZero();
                assertThat(run.out()).contains("z\u00fcrich.pem").doesNotContain("bug in jpull", "LC_ALL");
            }
        }
    }

    @Test
    void withoutTheLauncherTheLocaleIsToBlame() throws IOException, InterruptedException {
        String java = String.join(" ", command.java());
        for (String use : List.of(
                "--store \"$d/store\" --offline app",
                "store ls --store \"$d/store\"",
                "hosts check \"$d/certs.d\"",
                "hosts explain --hosts-dir \"$d\" app",
                "\"$d\"")) {
            Run run = shell(Map.of("LC_ALL", "C"), UMLAUT + java + " " + use, temporary.toString());
            assertThat(run.exitCode()).as(use + run.err()).isEqualTo(2);
            assertThat(run.err()).contains("set LC_ALL=C.UTF-8").doesNotContain("bug in jpull");
        }
        for (String variable : List.of("HOME", "JPULL_STORE", "XDG_DATA_HOME")) {
            Run run =
                    shell(Map.of("LC_ALL", "C"), UMLAUT + variable + "=$d " + java + " store ls", temporary.toString());
            assertThat(run.exitCode()).as(variable + run.err()).isEqualTo(2);
            assertThat(run.err()).contains("set LC_ALL=C.UTF-8").doesNotContain("bug in jpull");
        }
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(command.directory().resolve("lib"))) {
            return files.filter(file -> file.getFileName().toString().matches("jpull-.*\\.(aot|jsa)"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path library(Path archive) {
        return Objects.requireNonNull(archive.getParent());
    }

    /** The directory that is there while an archive is made, or after that failed. */
    private static Path lockOf(Path archive) {
        return library(archive)
                .resolve(archive.getFileName().toString().replaceFirst("\\.\\d+\\.\\d+\\.(aot|jsa)$", ".$1.making"));
    }

    private boolean usesArchive(Path archive) throws IOException, InterruptedException {
        Run run = command.launch(
                Map.of(
                        "JPULL_ARCHIVE",
                        "",
                        "HOME",
                        "/nonexistent",
                        "JPULL_JAVA_OPTS",
                        "-XX:Flags=/dev/null -XX:+PrintFlagsFinal"),
                "--version");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        return run.out().contains("= " + archive);
    }

    @Test
    void onlyAWholeArchiveOfTheUserIsUsed() throws IOException, InterruptedException {
        Map<String, String> wait = Map.of("JPULL_ARCHIVE", "wait");
        List<Started> first = List.of(
                command.start(wait, List.of(command.launcher(), "--version")),
                command.start(wait, List.of(command.launcher(), "--version")));
        for (Started each : first) {
            Run run = command.end(each);
            assertThat(run.exitCode()).isZero();
            assertThat(run.err()).isEmpty();
        }
        Path archive = archive();
        assertThat(archive.toString()).contains("." + Files.size(archive) + ".");
        assertThat(usesArchive(archive)).isTrue();
        // No other is made beside these runs.
        Path lock = Files.createDirectory(lockOf(archive));
        byte[] whole = Files.readAllBytes(archive);
        FileTime time = Files.getLastModifiedTime(archive);
        Path jar = library(archive).resolve("jpull.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        assertThat(usesArchive(archive)).as("the jar has another time").isFalse();
        Files.setLastModifiedTime(jar, time);

        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(usesArchive(archive)).as("writable by all").isFalse();
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-------"));
        assertThat(usesArchive(archive)).isTrue();
        Path library = library(archive);
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(usesArchive(archive)).as("in a directory of all").isFalse();
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(usesArchive(archive)).as("in a directory of a group").isFalse();
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int length : new int[] {0, 10, 5_000, 1_000_000, whole.length - 4096}) {
            Files.write(archive, Arrays.copyOf(whole, length));
            assertThat(Files.setLastModifiedTime(archive, time)).isNotNull();
            assertThat(usesArchive(archive)).as("%s bytes", length).isFalse();
        }
        Path elsewhere = Files.write(temporary.resolve("elsewhere"), whole);
        Files.delete(archive);
        Files.createSymbolicLink(archive, elsewhere);
        assertThat(usesArchive(archive)).as("a link").isFalse();
        Files.delete(archive);
        Files.createDirectory(archive);
        assertThat(usesArchive(archive)).as("a directory").isFalse();
        Files.delete(archive);
        Files.write(archive, new byte[0]);
        // The last attempt failed: that is said, and JPULL_ARCHIVE=wait makes another at once.
        Files.writeString(lock.resolve("failed"), "no space left");
        Run failed = command.launch(Map.of("JPULL_ARCHIVE", ""), "--version", "-v");
        assertThat(failed.out())
                .contains("archive of classes: none: making it failed within the last hour, see " + lock);

        assertThat(command.launch(wait, "--version").exitCode()).isZero();
        assertThat(usesArchive(archive())).as("made again").isTrue();
        try (Stream<Path> files = Files.list(library)) {
            assertThat(files).as("the jar and the archive").hasSize(2);
        }
    }
}
