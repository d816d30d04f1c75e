// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePullerBuilder;
import dev.jpull.PrintableText;
import dev.jpull.cli.progress.Progress;
import dev.jpull.error.ReferenceException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options of commands that pull: where the content goes, for which platform, and how it is transferred. */
public final class TransferOptions {
    private static final String AUTO = "auto";

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description =
                    "Store to pull into, an OCI image layout (default: $JPULL_STORE, else jpull in the user's data directory).")
    private @Nullable Path store;

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "Platform to pull, such as linux/arm64; may be repeated (default: that of this machine).")
    private List<String> platforms = new ArrayList<>();

    @Option(
            names = "--max-concurrent-downloads",
            paramLabel = "auto|N",
            description =
                    "Number of concurrent blob downloads; auto: a few at first, then more while the host sends more, up to"
                            + " --max-connections (default: auto, or the number in --config).")
    private @Nullable String maxConcurrentDownloads;

    @Option(
            names = "--max-connections",
            paramLabel = "N[,HOST]",
            description =
                    "Number of connections that fetch blobs, in total and per host; a large blob uses several while"
                            + " that is not slower; a fixed number of downloads is not lowered (default: 24).")
    private @Nullable String maxConnections;

    @Option(
            names = "--max-layer-size",
            paramLabel = "SIZE",
            description =
                    "Bytes that a layer may have when it is uncompressed: 500M, 20G (default: 1 TiB, and 200 times its"
                            + " compressed size from 1 GiB on).")
    private @Nullable String maxLayerSize;

    @Option(
            names = "--inflate",
            paramLabel = "auto|java|isal",
            description = "What inflates gzip layers: the JDK, or the library ISA-L if there is one (default: auto).")
    private ImagePullerBuilder.@Nullable Inflater inflater;

    @Option(
            names = "--spread",
            description = "Fetch large blobs from all capable hosts at once, instead of from the first.")
    private boolean spread;

    // Not in the help: it exists to measure the cost of flushing.
    @Option(names = "--no-fsync", hidden = true, description = "Do not flush the store to the disk.")
    private boolean noFlush;

    @Option(
            names = "--offline",
            description = "Send no request: use the images in the store, or fail; the store is not written to.")
    private boolean offline;

    @Option(
            names = "--progress",
            paramLabel = "auto|tty|plain|json|none",
            description = "Progress on standard error (default: auto).")
    private @Nullable Progress progress;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no progress and no summary.")
    private boolean quiet;

    /** Sets an option without a value, for {@link OrdinaryPull}; false for any other. */
    boolean setFlag(String name) {
        switch (name) {
            case "--quiet" -> quiet = true;
            case "--offline" -> offline = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Sets an option with a value, for {@link OrdinaryPull}; false for any other, or a value that is wrong. */
    boolean setValue(String name, String value) {
        switch (name) {
            case "--store" -> store = Path.of(value);
            case "--platform" -> platforms.add(value);
            case "--progress" -> progress = Progress.ofName(value);
            case "--max-concurrent-downloads" -> maxConcurrentDownloads = value;
            case "--max-connections" -> maxConnections = value;
            default -> {
                return false;
            }
        }
        return (progress != null || !name.equals("--progress")) && hasDownloadsInRange();
    }

    private boolean hasDownloadsInRange() {
        return maxConcurrentDownloads == null
                || maxConcurrentDownloads.matches("auto|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-6]");
    }

    /**
     * Checks the options, and reports those that have no effect.
     *
     * @throws CommandLine.ParameterException if an option has a wrong value, or two exclude each other
     */
    void check(CommandLine command) {
        if (!hasDownloadsInRange()) {
            throw new CommandLine.ParameterException(
                    command, "--max-concurrent-downloads must be auto, or from 1 to 256");
        }
        if (quiet && progress != null && progress != Progress.NONE) {
            throw new CommandLine.ParameterException(
                    command, "--quiet and --progress exclude each other, except for --progress none");
        }
        if (offline) {
            reportIneffectiveOptions(command, command.getErr());
        }
    }

    /** Whether no request may be sent. */
    boolean isOffline() {
        return offline;
    }

    /** The platforms in the order in which they were given; none for that of this machine. */
    List<String> platforms() {
        return List.copyOf(platforms);
    }

    /** What is shown on standard error. */
    Progress progress() {
        return quiet ? Progress.NONE : progress == null ? Progress.AUTO : progress;
    }

    /** Gives the options to a builder. */
    ImagePullerBuilder apply(ImagePullerBuilder builder, PrintWriter err) {
        return applyTo(builder.listener(progress().listener(err)));
    }

    /** The same for pulls of many images at the same time. */
    ImagePullerBuilder applyToMany(ImagePullerBuilder builder, PrintWriter err) {
        return applyTo(builder.listener(progress().listenerOfMany(err)));
    }

    private ImagePullerBuilder applyTo(ImagePullerBuilder builder) {
        if (maxConnections != null) {
            limitConnections(builder, maxConnections);
        }
        builder.spread(spread)
                .durability(noFlush ? ImagePullerBuilder.Durability.UNSYNCED : ImagePullerBuilder.Durability.SYNCED);
        if (AUTO.equals(maxConcurrentDownloads)) {
            builder.autoConcurrentDownloads();
        } else if (maxConcurrentDownloads != null) {
            builder.maxConcurrentDownloads(Integer.parseInt(maxConcurrentDownloads));
        }
        if (maxLayerSize != null) {
            builder.maxLayerSize(ByteSize.parse("--max-layer-size", maxLayerSize));
        }
        if (inflater != null) {
            builder.inflater(inflater);
        }
        if (store != null) {
            builder.store(store);
        }
        return builder;
    }

    /** Takes {@code N} or {@code N,HOST}. */
    private static void limitConnections(ImagePullerBuilder builder, String text) {
        int comma = text.indexOf(',');
        try {
            builder.maxConnections(Integer.parseInt(comma < 0 ? text : text.substring(0, comma)));
            builder.maxConnectionsPerHost(Integer.parseInt(text.substring(comma + 1)));
        } catch (IllegalArgumentException e) {
            throw new ReferenceException(
                    "--max-connections " + PrintableText.line(text)
                            + " is not one or two numbers from 1 to 256: write it like 24 or 24,8",
                    e);
        }
    }

    /** Scripts pass options for requests along with --offline, where they do no harm: they are reported, not refused. */
    private static void reportIneffectiveOptions(CommandLine command, PrintWriter err) {
        List<String> ineffective = RegistryOptions.givenTo(command);
        for (String name : List.of(
                "--max-concurrent-downloads", "--max-connections", "--spread", "--fail-on-fallback", "--max-age")) {
            if (command.getParseResult().hasMatchedOption(name)) {
                ineffective.add(name);
            }
        }
        if (!ineffective.isEmpty()) {
            err.println("jpull: no effect with --offline, which sends no request: " + String.join(", ", ineffective));
        }
    }
}
