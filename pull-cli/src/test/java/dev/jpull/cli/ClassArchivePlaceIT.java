// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.cli.InstalledCommand.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where an archive of classes may be, and where none is made. */
class ClassArchivePlaceIT {
    private static final String NO_DIRECTORY = "archive of classes: none: no directory for it can be written";

    @TempDir
    Path temporary;

    private InstalledCommand command;
    private Path home;
    private Path cache;

    /** After a percent sign, Java would replace the letters that these names begin with. */
    @BeforeEach
    void install() throws IOException {
        command = InstalledCommand.in(temporary.resolve("t,1/t2/p/p"));
        home = Files.createDirectory(temporary.resolve("home"));
        cache = home.resolve(".cache/jpull");
    }

    private static void permit(Path directory, String permissions) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    private Path library() {
        return command.directory().resolve("lib");
    }

    private String said(Map<String, String> environment, List<String> before) throws IOException, InterruptedException {
        Map<String, String> whole = new HashMap<>(Map.of("JPULL_ARCHIVE", "", "HOME", home.toString()));
        whole.putAll(environment);
        List<String> line = new ArrayList<>(before);
        line.addAll(List.of(command.launcher(), "--version", "-v"));
        Run run = command.run(whole, line);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void whereAGroupCanWriteBesideTheJarTheArchiveIsInTheCache() throws IOException, InterruptedException {
        permit(library(), "rwxrwxr-x");
        String said = said(Map.of("JPULL_ARCHIVE", "wait"), List.of());
        assertThat(said).contains("archive of classes: " + cache + "/,");
        assertThat(files(library())).as("the jar alone").hasSize(1);
        assertThat(files(cache))
                .singleElement()
                .satisfies(archive -> assertThat(archive.getFileName().toString())
                        .contains(",t=c1,t2,p,p,lib,jpull-")
                        .doesNotContain("%"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwx------");
        assertThat(said(Map.of(), List.of())).contains("archive of classes: " + cache + "/,");

        permit(cache, "rwxrwx---");
        String refused = "archive of classes: none: " + cache + " belongs to another user, or others can write to it";
        assertThat(said(Map.of(), List.of())).as("found, and not used").contains(refused);
        permit(cache, "rwx------");
        if (isRoot()) {
            Files.setAttribute(cache, "unix:uid", 65534);
            assertThat(said(Map.of(), List.of())).contains(refused);
            Files.setAttribute(cache, "unix:uid", 0);
        }
        assertThat(said(Map.of(), List.of())).contains("archive of classes: " + cache + "/,");
    }

    @Test
    void noneIsMadeInADirectoryThatOthersCanWriteTo() throws IOException, InterruptedException {
        permit(library(), "rwxrwxr-x");
        Files.createDirectories(cache);
        for (String mode : List.of("777", "775", "1777", "757")) {
            assertThat(command.run(Map.of(), List.of("chmod", mode, cache.toString()))
                            .exitCode())
                    .isZero();
            assertThat(said(Map.of("JPULL_ARCHIVE", "wait"), List.of()))
                    .as(mode)
                    .contains(cache + " belongs to another user, or others can write to it");
            assertThat(files(cache)).isEmpty();
        }
    }

    private boolean isRoot() throws IOException {
        return Files.getOwner(temporary).getName().equals("root");
    }

    @Test
    void withoutAHomeNoneIsMade() throws IOException, InterruptedException {
        List<String> user = new ArrayList<>();
        if (isRoot()) { // to which every directory is writable
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
            user.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
            permit(temporary, "rwxr-xr-x");
        }
        permit(library(), "r-xr-xr-x");
        List<String> withoutHome = new ArrayList<>(user);
        withoutHome.addAll(List.of("env", "-u", "HOME"));
        assertThat(said(Map.of(), withoutHome)).contains(NO_DIRECTORY);
        Path missing = temporary.resolve("missing");
        permit(temporary, "rwxrwxrwx"); // where the missing home could be made
        for (String value : List.of("", "home", "/nonexistent", missing.toString())) {
            assertThat(said(Map.of("HOME", value), user)).as(value).contains(NO_DIRECTORY);
        }
        permit(home, "r-xr-xr-x");
        if (isRoot()) {
            assertThat(said(Map.of(), user)).contains(NO_DIRECTORY);
        }
        permit(library(), "rwxr-xr-x");
        assertThat(missing).doesNotExist();
        assertThat(Path.of("/.cache/jpull")).doesNotExist();
        assertThat(files(library())).as("the jar alone").hasSize(1);
    }

    @Test
    void whyItFailedIsSaidInTheWordsOfJava() throws IOException, InterruptedException {
        Path java = Files.createDirectories(temporary.resolve("java/bin"));
        Path real = Path.of(System.getProperty("java.home"));
        Files.copy(real.resolve("release"), temporary.resolve("java/release"));
        Path script = Files.writeString(java.resolve("java"), """
                #!/bin/sh
                case " $* " in
                  *ClassArchiveTraining*)
                    echo 'Picked up JAVA_TOOL_OPTIONS: -Dsome=thing' >&2
                    echo 'Error occurred during initialization of VM'
                    echo 'NOTE: Picked up JDK_JAVA_OPTIONS: -Dsome=thing' >&2
                    exit 9 ;;
                esac
                exec '%s/bin/java' "$@"
                """.formatted(real));
        permit(script, "rwxr-xr-x");
        String said = said(
                Map.of(
                        "JPULL_ARCHIVE",
                        "wait",
                        "JAVA_HOME",
                        temporary.resolve("java").toString()),
                List.of());
        List<Path> locks = files(library()).stream()
                .filter(file -> file.getFileName().toString().endsWith(".making"))
                .toList();
        assertThat(locks).hasSize(1);
        Path failed = locks.get(0).resolve("failed");
        assertThat(said).contains("none: making it failed within the last hour, see " + failed);
        assertThat(failed).hasContent("Error occurred during initialization of VM\nmaking the archive ended with 9\n");
    }

    @Test
    void anotherValueOfTheVariableIsRefused() throws IOException, InterruptedException {
        Run run = command.launch(Map.of("JPULL_ARCHIVE", "yes"), "--version");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("jpull: JPULL_ARCHIVE has to be wait or off\n");
        assertThat(files(library())).as("the jar alone").hasSize(1);
    }
}
