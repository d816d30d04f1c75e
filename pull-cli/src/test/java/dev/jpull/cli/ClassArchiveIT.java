// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.cli.InstalledCommand.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attempts to make the archive of classes that fail, and what comes after them. */
class ClassArchiveIT {
    private static final Map<String, String> WAIT = Map.of("JPULL_ARCHIVE", "wait");
    private static final String ARCHIVE = "jpull-.*\\.\\d+\\.\\d+\\.(aot|jsa)";

    @TempDir
    Path temporary;

    private InstalledCommand command;

    @BeforeEach
    void install() throws IOException {
        command = InstalledCommand.in(temporary.resolve("installed"));
    }

    private Path library() {
        return command.directory().resolve("lib");
    }

    private static List<Path> files(Path directory, String name) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .toList();
        }
    }

    /** A run in which no file may be larger than this; the training writes less, and the archive is larger. */
    private Run runWithFilesOf(int megabytes) throws IOException, InterruptedException {
        String script = "ulimit -f " + megabytes * 2048 + "; exec \"$1\" --version -v"; // in blocks of 512 bytes
        return command.run(WAIT, List.of("sh", "-c", script, "sh", command.launcher()));
    }

    private static void makeOlder(Path file, Duration age) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void anArchiveThatIsNotWrittenToItsEndIsNeverUsedAndTheNextAttemptMakesOne()
            throws IOException, InterruptedException {
        Run full = runWithFilesOf(12);
        assertThat(full.exitCode()).as(full.err()).isZero();
        assertThat(full.out()).contains("archive of classes: none: making it failed within the last hour");
        assertThat(files(library(), ARCHIVE)).isEmpty();
        List<Path> locks = files(library(), ".*\\.making");
        assertThat(locks).hasSize(1);
        assertThat(files(locks.get(0), "a.*")).as("no part of an archive stays").isEmpty();

        // The maker was killed: its lock is there, without a reason, and with a part of an archive.
        Path lock = locks.get(0);
        Files.delete(lock.resolve("failed"));
        Files.write(lock.resolve("archive"), new byte[100]);
        Run during = command.launch(Map.of("JPULL_ARCHIVE", ""), "--version", "-v");
        assertThat(during.out()).contains("archive of classes: none: it is being made at " + lock);
        makeOlder(lock, Duration.ofMinutes(12));
        Run after = command.launch(WAIT, "--version", "-v");
        assertThat(after.exitCode()).isZero();
        assertThat(files(library(), ARCHIVE)).hasSize(1);
        assertThat(after.out())
                .contains("archive of classes: " + files(library(), ARCHIVE).get(0));
        assertThat(files(library(), ".*\\.making.*")).isEmpty();
    }

    @Test
    void anotherUserMakesAnArchiveInTheCache() throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>();
        if (Files.getOwner(temporary).getName().equals("root")) { // to which every directory is writable
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
            whole.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        whole.addAll(List.of(command.launcher(), "--version", "-v"));
        Path home = Files.createDirectory(temporary.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (Path directory : List.of(temporary, command.directory(), Path.of(command.launcher()))) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.setPosixFilePermissions(library(), PosixFilePermissions.fromString("r-xr-xr-x"));
        Run run = command.run(Map.of("JPULL_ARCHIVE", "wait", "HOME", home.toString()), whole);
        Files.setPosixFilePermissions(library(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("archive of classes: " + home.resolve(".cache/jpull"));
        assertThat(files(library(), ".*")).as("the jar alone").hasSize(1);
    }
}
