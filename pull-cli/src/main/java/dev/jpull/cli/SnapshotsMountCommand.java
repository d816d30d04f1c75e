// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.LocalStore;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jpull snapshots mount IMAGE DIR}: prints or runs the mount of an image. */
@Command(
        name = "mount",
        sortOptions = false,
        description = "Prints the command that mounts the snapshots of an image, read-only unless --rw is given.")
public final class SnapshotsMountCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IMAGE|CHAINID", description = "An image in the store, or a chain ID.")
    private String image = "";

    @Parameters(index = "1", paramLabel = "DIR", description = "Where to mount.")
    private Path target = Path.of("");

    @Option(names = "--exec", description = "Run the command instead of printing it; needs root.")
    private boolean exec;

    @Option(
            names = "--rw",
            paramLabel = "CHANGES",
            description = "Mount for writing; changes go to this directory, and never into a snapshot.")
    private @Nullable Path changes;

    @Option(
            names = "--snapshotter",
            paramLabel = "overlayfs|native",
            description = "Snapshots to mount (default: those that are there, overlayfs first).")
    private @Nullable String snapshotter;

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "Platform of the image (default: that of this machine).")
    private @Nullable String platform;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        Snapshotter form = snapshotter == null ? null : Snapshotter.parse(snapshotter);
        LocalStore local = store.open();
        List<String> command = local.mountCommand(chainId(), form, target, changes);
        if (changes != null) {
            makeDirectories(changes);
        }
        if (exec) {
            return run(command);
        }
        output.print(() -> ResultJson.write(Map.of("command", command)), out -> out.println(ShellWords.line(command)));
        return 0;
    }

    private Digest chainId() {
        if (Digest.check(image) == null) {
            return Digest.parse(image);
        }
        PullRequest.Builder request = PullRequest.builder(image);
        if (platform != null) {
            request.platform(platform);
        }
        try (ImagePuller puller = ImagePuller.builder().store(store.directory()).build()) {
            PulledImage stored = puller.pull(request.offline(true).build());
            Digest chainId = stored.chainId();
            if (chainId == null) {
                throw new ImageNotFoundException(stored.name() + " has no layers that could be mounted");
            }
            return chainId;
        }
    }

    private static void makeDirectories(Path directory) {
        try {
            Files.createDirectories(directory.resolve("upper"));
            Files.createDirectories(directory.resolve("work"));
        } catch (IOException e) {
            throw new StoreException(
                    "cannot make the directories upper and work in " + directory
                            + " for changes: choose another directory with --rw",
                    e);
        }
    }

    private static int run(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("LIBMOUNT_FORCE_MOUNT2", "always"); // the newer calls take 256 bytes of lowerdir
        try {
            int exit = builder.start().waitFor();
            if (exit != 0) {
                throw new StoreException("the mount failed, with exit code " + exit + ": " + ShellWords.line(command));
            }
            return 0;
        } catch (IOException e) {
            throw new ReferenceException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while mounting", e);
        }
    }
}
