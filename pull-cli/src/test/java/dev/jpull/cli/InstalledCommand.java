// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The launcher and the jar, installed in a directory, as a package does; run by the Java of the tests. */
record InstalledCommand(Path directory) {
    /** How a run ended. */
    record Run(int exitCode, String out, String err) {}

    static InstalledCommand in(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("bin"));
        Files.createDirectories(directory.resolve("lib"));
        Path launcher = directory.resolve("bin/jpull");
        Files.copy(Path.of("src", "main", "dist", "bin", "jpull"), launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Files.copy(Path.of("target", "jpull.jar"), directory.resolve("lib/jpull.jar"));
        Files.setPosixFilePermissions(directory.resolve("lib"), PosixFilePermissions.fromString("rwxr-xr-x"));
        return new InstalledCommand(directory);
    }

    String launcher() {
        return directory.resolve("bin/jpull").toString();
    }

    /** Java and the jar, without the launcher. */
    List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-jar",
                directory.resolve("lib/jpull.jar").toString());
    }

    Run launch(Map<String, String> environment, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher()));
        command.addAll(Arrays.asList(args));
        return run(environment, command);
    }

    /** Runs any command to its end. */
    Run run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        return end(start(environment, command));
    }

    /** A process, and where its output goes. */
    record Started(Process process, Path out, Path err) {}

    /** Starts any command, with signals as a terminal has them. */
    Started start(Map<String, String> environment, List<String> command) throws IOException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        List<String> whole = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,TERM"));
        whole.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(whole).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JPULL_ARCHIVE", "off");
        builder.environment().put("HOME", directory.toString());
        List.of("LC_ALL", "LC_CTYPE", "LANG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "JPULL_STORE")
                .forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        return new Started(builder.start(), out, err);
    }

    Run end(Started started) throws IOException, InterruptedException {
        assertThat(started.process().waitFor(3, TimeUnit.MINUTES)).isTrue();
        return new Run(started.process().exitValue(), Files.readString(started.out()), Files.readString(started.err()));
    }
}
