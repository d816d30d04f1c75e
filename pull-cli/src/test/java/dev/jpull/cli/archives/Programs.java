// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of other projects: those of the system, and the newer ones that {@code benchmarks/install-peers} puts beside it. */
final class Programs {
    /** The system property that names the directory of newer programs. */
    private static final String PEERS = "jpull.peers";

    private static final int PATIENCE_MINUTES = 3;

    private final Path directory;
    private final String path;

    /** A program did not take what it was given. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Programs whose output goes to files in a directory. */
    Programs(Path directory) {
        this.directory = directory;
        String system = System.getenv().getOrDefault("PATH", "/usr/bin") + ":/usr/sbin";
        this.path = newer().map(peers -> system + ":" + peers).orElse(system);
    }

    /** Where the newer programs are, if the run was given them. */
    static Optional<Path> newer() {
        return Optional.ofNullable(System.getProperty(PEERS))
                .filter(text -> !text.isEmpty())
                .map(Path::of);
    }

    /** Runs a program to its end; returns what it printed on standard output. */
    String run(String... command) throws IOException, InterruptedException, RefusedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = start(List.of(command), out, err);
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new RefusedException(command[0] + " did not end");
        }
        String printed = Files.readString(out);
        if (process.exitValue() != 0) {
            throw new RefusedException(String.join(" ", command) + ": " + (printed + Files.readString(err)).strip());
        }
        return printed;
    }

    /** Starts a program. */
    Process start(List<String> command, Path out, Path err) throws IOException {
        List<String> whole = new ArrayList<>(List.of("env", "PATH=" + path));
        whole.addAll(command);
        return new ProcessBuilder(whole)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    /** The name of a program with its version, of which it prints the first number. */
    String named(String program, String option) throws IOException, InterruptedException {
        try {
            String version = Stream.of(run(program, option).split("[\\s:,]+"))
                    .filter(word -> word.matches("v?\\d+\\.\\d+.*"))
                    .findFirst()
                    .orElseThrow();
            return program.replaceFirst("-.*", "") + version.replaceFirst("^v?(\\d+\\.\\d+).*", " $1");
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }
}
