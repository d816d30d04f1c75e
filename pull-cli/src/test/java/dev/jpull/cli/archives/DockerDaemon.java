// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Docker daemon with all of its state in a directory, and without networks. It starts a containerd for itself. */
final class DockerDaemon implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Programs programs;
    private final String name;
    private final Path socket;
    private final Process process;

    private DockerDaemon(Programs programs, String name, Path socket, Process process) {
        this.programs = programs;
        this.name = name;
        this.socket = socket;
        this.process = process;
    }

    /** Starts one in an empty directory with a short path, and waits until it answers. */
    static DockerDaemon start(Programs programs, Path directory) throws IOException, InterruptedException {
        Path socket = directory.resolve("s");
        List<String> command = new ArrayList<>(List.of("dockerd", "--iptables=false", "--ip6tables=false"));
        command.addAll(List.of("--bridge=none", "-s", "vfs", "-H", "unix://" + socket));
        command.addAll(List.of("--data-root", directory.resolve("root").toString()));
        command.addAll(List.of("--exec-root", directory.resolve("exec").toString()));
        command.addAll(List.of("-p", directory.resolve("pid").toString()));
        Path log = directory.resolve("log");
        Process process = programs.start(command, log, log);
        DockerDaemon daemon = new DockerDaemon(programs, programs.named("dockerd", "--version"), socket, process);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!daemon.answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                daemon.close();
                throw new IllegalStateException("dockerd did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return daemon;
    }

    private boolean answers() throws IOException, InterruptedException {
        try {
            docker("version");
            return true;
        } catch (RefusedException e) {
            return false; // not yet
        }
    }

    /** The daemon and its version. */
    String name() {
        return name;
    }

    /** Runs docker; returns what it printed. */
    String docker(String... args) throws IOException, InterruptedException, RefusedException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", "unix://" + socket));
        command.addAll(List.of(args));
        return programs.run(command.toArray(String[]::new));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy(); // it ends its containerd as well
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
