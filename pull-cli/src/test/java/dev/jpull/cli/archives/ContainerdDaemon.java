// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.image.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A containerd with root, state and sockets in a directory, and without the plugins that would touch the system. */
final class ContainerdDaemon implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Programs programs;
    private final String name;
    private final String ctr;
    private final Path socket;
    private final Process process;

    private ContainerdDaemon(Programs programs, String name, String ctr, Path socket, Process process) {
        this.programs = programs;
        this.name = name;
        this.ctr = ctr;
        this.socket = socket;
        this.process = process;
    }

    /**
     * Starts one, and waits until it answers.
     *
     * @param suffix what follows {@code containerd} and {@code ctr} in the names of the programs
     * @param directory an empty directory with a short path, because of its sockets
     */
    static ContainerdDaemon start(Programs programs, String suffix, Path directory)
            throws IOException, InterruptedException {
        Path socket = directory.resolve("s");
        // Version 2 is read by all of them. The transfer service of containerd 2 unpacks for the snapshotters that are
        // listed.
        Path config =
                Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images", \
                "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.devmapper"]
                [grpc]
                address = "%2$s"
                [ttrpc]
                address = "%1$s/t"
                [[plugins."io.containerd.transfer.v1.local".unpack_config]]
                platform = "%3$s"
                snapshotter = "native"
                """.formatted(directory, socket, Platform.host()));
        Path log = directory.resolve("log");
        Process process = programs.start(List.of("containerd" + suffix, "--config", config.toString()), log, log);
        ContainerdDaemon daemon = new ContainerdDaemon(
                programs, programs.named("ctr" + suffix, "--version"), "ctr" + suffix, socket, process);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!daemon.answers()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                daemon.close();
                throw new IllegalStateException("containerd" + suffix + " did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return daemon;
    }

    /** The client and its version. */
    String name() {
        return name;
    }

    private boolean answers() throws IOException, InterruptedException {
        try {
            ctr("version");
            return true;
        } catch (RefusedException e) {
            return false; // not yet
        }
    }

    /** Runs ctr; returns what it printed. */
    String ctr(String... args) throws IOException, InterruptedException, RefusedException {
        List<String> command = new ArrayList<>(List.of(ctr, "-a", socket.toString()));
        command.addAll(List.of(args));
        return programs.run(command.toArray(String[]::new));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
