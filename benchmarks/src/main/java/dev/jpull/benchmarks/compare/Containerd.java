// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A containerd of our own, which stores what {@code ctr content fetch} brings: nothing is unpacked. Its share of the work counts
 * for the command.
 */
final class Containerd implements AutoCloseable {
    private static final String SOCKET = "c.sock";
    private static final List<String> NOT_NEEDED = List.of(
            "io.containerd.cri.v1.images",
            "io.containerd.cri.v1.runtime",
            "io.containerd.grpc.v1.cri",
            "io.containerd.internal.v1.opt",
            "io.containerd.snapshotter.v1.aufs",
            "io.containerd.snapshotter.v1.btrfs",
            "io.containerd.snapshotter.v1.devmapper",
            "io.containerd.snapshotter.v1.zfs");

    private final Process process;
    private final double before;

    private Containerd(Process process) {
        this.process = process;
        this.before = cpu();
    }

    /** Whether there is one, and it may be started. */
    static boolean isUsable() {
        return program().isPresent() && "root".equals(System.getProperty("user.name"));
    }

    /** The newest one; nothing when the machine has none. */
    private static Optional<Path> program() {
        return Peers.find("containerd-new").or(() -> Peers.find("containerd"));
    }

    /** Where it listens when it works in a directory. */
    static String socket(String directory) {
        return directory + "/" + SOCKET;
    }

    /** Starts one with everything in a directory, and waits until it answers. */
    static Containerd start(Workplace workplace, Path directory) throws IOException, InterruptedException {
        String disabled = String.join("\", \"", NOT_NEEDED);
        Path config = Files.writeString(
                directory.resolve("config.toml"), """
                version = 2
                root = "%1$s/root"
                state = "%1$s/state"
                disabled_plugins = ["%2$s"]
                [grpc]
                address = "%3$s"
                [ttrpc]
                address = "%1$s/t.sock"
                """.formatted(directory, disabled, socket(directory.toString())));
        Path program = program().orElseThrow(() -> new IOException("the machine has no containerd"));
        Process process = workplace.start(new ProcessBuilder(program.toString(), "-c", config.toString(), "-l", "error")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile()));
        for (int i = 0; i < 100 && process.isAlive(); i++) {
            if (answers(socket(directory.toString()))) {
                return new Containerd(process);
            }
            Thread.sleep(50);
        }
        process.destroy();
        throw new IOException("containerd did not start:\n" + Files.readString(directory.resolve("log")));
    }

    private static boolean answers(String socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** What the command and this process have taken together. */
    Measurement with(Measurement command) throws IOException {
        return new Measurement(command.wall(), command.cpu() + cpu() - before, command.rss() + rss());
    }

    private double cpu() {
        return process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L) / 1000.0;
    }

    private double rss() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1000;
            }
        }
        throw new IOException("the system does not say how much memory containerd has");
    }

    @Override
    public void close() {
        Workplace.stop(process);
    }
}
