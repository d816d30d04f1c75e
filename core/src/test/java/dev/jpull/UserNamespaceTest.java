// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.layer.OverlayWhiteoutsTest;
import dev.jpull.layer.TreeMergeTest;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Whiteouts and snapshots where rootless tools work: as the root of a user namespace, and as a user without any privilege. In a
 * user namespace, containerd's parallel unpacking lost whiteouts.
 */
class UserNamespaceTest {
    private static final long USER = 1000;
    private static final long LIMIT_SECONDS = 240;
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    private @TempDir Path temporary;

    @Test
    void snapshotsOfTheRootOfAUserNamespace() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(asUser());
        command.addAll(List.of("unshare", "-r"));
        requireUse(command);
        runTests(command);
    }

    @Test
    void snapshotsOfAUserWithoutPrivileges() throws IOException, InterruptedException {
        assumeTrue(IS_ROOT, "this user runs the tests already");
        requireUse(asUser());
        runTests(asUser());
    }

    private static List<String> asUser() {
        return IS_ROOT ? List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--") : List.of();
    }

    private static void requireUse(List<String> command) throws InterruptedException {
        List<String> probe = new ArrayList<>(command);
        probe.add("true");
        boolean works;
        try {
            works = new ProcessBuilder(probe).start().waitFor() == 0;
        } catch (IOException e) {
            works = false;
        }
        assumeTrue(works, () -> "the system does not allow " + probe);
    }

    /** The user may be unable to read the classes and libraries where they are. */
    private String readableClassPath() throws IOException, InterruptedException {
        Path libraries = Files.createDirectory(temporary.resolve("libraries"));
        List<String> entries =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
        // Surefire leaves out what it brings itself.
        entries.add(Path.of(URI.create(SummaryGeneratingListener.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString());
        List<String> copies = new ArrayList<>();
        for (String entry : entries) {
            if (Files.exists(Path.of(entry)) && !entry.isEmpty()) {
                Path copy =
                        libraries.resolve(copies.size() + "-" + Path.of(entry).getFileName());
                run("cp", "-r", entry, copy.toString());
                copies.add(copy.toString());
            }
        }
        run("chmod", "-R", "a+rX", libraries.toString());
        return String.join(File.pathSeparator, copies);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private void runTests(List<String> as) throws IOException, InterruptedException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path output = temporary.resolve("output");
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.io.tmpdir=" + temporary,
                "-Djna.tmpdir=" + temporary,
                "-Duser.home=" + temporary,
                "-cp",
                readableClassPath(),
                TestRun.class.getName(),
                SnapshotPullTest.class.getName(),
                OverlayWhiteoutsTest.class.getName(),
                TreeMergeTest.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }
}
