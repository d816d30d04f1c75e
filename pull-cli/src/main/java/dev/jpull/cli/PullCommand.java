// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.PrintableText;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.PulledPlatform;
import dev.jpull.cli.progress.Progress;
import dev.jpull.error.FailureKind;
import dev.jpull.error.ReferenceException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull IMAGE...}: pulls images. */
@Command(
        name = "jpull",
        versionProvider = Version.class,
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = {"jpull [options] IMAGE...", "       jpull COMMAND ..."},
        header = "Pulls container images into an OCI image layout, by containerd's registry host configuration.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nOptions may precede or follow the name of a command. An image with the name of a command is"
                + " written%ndocker.io/library/NAME, or after --.%n%nExit codes:%n",
        footer = {
            "  0 done                     5 image or platform not found",
            "  1 a bug in jpull           6 no registry could be reached, or all failed",
            "  2 wrong options            7 content does not match its digest",
            "  3 wrong configuration      8 the store cannot be used, or output not written",
            "  4 access denied            141 the reader of standard output closed it early",
            "129, 130, 143 ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM; fetched bytes are kept"
        })
public final class PullCommand implements Callable<Integer> {
    private final WarmUp warmUp;
    private final Interruption interruption;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "IMAGE",
            description = "Images to pull, such as busybox or registry.example:5000/app:1.")
    private List<String> images = new ArrayList<>();

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

    @Option(names = "--all-platforms", description = "Pull every platform.")
    private boolean allPlatforms;

    @Option(names = "--skip-metadata", description = "Skip the manifests and configurations of other platforms.")
    private boolean skipMetadata;

    @Option(
            names = "--all-metadata",
            description = "Pull the manifests and configurations of other platforms too; the default.")
    @SuppressWarnings("UnusedVariable") // the default; it excludes --skip-metadata
    private boolean allMetadata;

    @Option(
            names = "--max-concurrent-downloads",
            paramLabel = "N",
            description = "Number of concurrent blob downloads (default: 3, or the value in --config).")
    private @Nullable Integer maxConcurrentDownloads;

    @Option(
            names = "--max-connections",
            paramLabel = "N[,HOST]",
            description =
                    "Number of connections that fetch blobs, in total and per host; a large blob uses several while"
                            + " that is not slower (default: 24).")
    private @Nullable String maxConnections;

    @Option(
            names = "--spread",
            description = "Fetch large blobs from all capable hosts at once, instead of from the first.")
    private boolean spread;

    // Not in the help: it exists to measure the cost of flushing.
    @Option(names = "--no-fsync", hidden = true, description = "Do not flush the store to the disk.")
    private boolean noFlush;

    @Option(names = "--print-chainid", description = "Print the chain ID of the layers.")
    private boolean printChainId;

    @Option(
            names = "--label",
            paramLabel = "KEY[=VALUE]",
            description = "Annotation of the image in the index of the store; may be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--offline",
            description = "Send no request: print the images in the store, or fail; writes nothing.")
    private boolean offline;

    @Option(
            names = "--fail-on-fallback",
            description = "Exit with 6 when a host failed and another was used; the image is pulled anyway.")
    private boolean failOnFallback;

    @Option(
            names = "--progress",
            paramLabel = "auto|tty|plain|json|none",
            description = "Progress on standard error (default: auto).")
    private @Nullable Progress progress;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no progress and no summary.")
    private boolean quiet;

    @Option(
            names = {"--local", "--sync-fs"},
            arity = "0",
            description =
                    "Accepted for compatibility with ctr, without effect: jpull runs without a daemon, and always syncs.")
    private boolean @Nullable [] ctrFlags; // an array, because ctr takes both names at once

    @Option(
            names = "--snapshotter",
            paramLabel = "NAME",
            description = "Accepted for compatibility with ctr, without effect: jpull makes no snapshots.")
    private @Nullable String snapshotter;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    PullCommand(WarmUp warmUp, Interruption interruption) {
        this.warmUp = warmUp;
        this.interruption = interruption;
    }

    Interruption interruption() {
        return interruption;
    }

    WarmUp warmUp() {
        return warmUp;
    }

    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        PrintWriter out = command.getOut();
        PrintWriter err = command.getErr();
        if (images.isEmpty()) {
            throw new CommandLine.ParameterException(command, "no image given: write jpull IMAGE");
        }
        if (maxConcurrentDownloads != null && (maxConcurrentDownloads < 1 || maxConcurrentDownloads > 256)) {
            throw new CommandLine.ParameterException(command, "--max-concurrent-downloads must be from 1 to 256");
        }
        if (quiet && progress != null && progress != Progress.NONE) {
            throw new CommandLine.ParameterException(
                    command, "--quiet and --progress exclude each other, except for --progress none");
        }
        if (offline) {
            reportIneffectiveOptions(command, err);
        }
        if (ctrFlags != null) {
            err.println("jpull: --local and --sync-fs have no effect: jpull runs without a daemon, and always syncs");
        }
        if (snapshotter != null) {
            err.println("jpull: --snapshotter has no effect: jpull makes no snapshots");
        }
        warmUp.await();
        Progress shown = quiet ? Progress.NONE : progress == null ? Progress.AUTO : progress;
        ImagePullerBuilder builder =
                registry.builder(images, output.isVerbose(), err).listener(shown.listener(err));
        if (maxConnections != null) {
            limitConnections(builder, maxConnections);
        }
        builder.spread(spread)
                .durability(noFlush ? ImagePullerBuilder.Durability.UNSYNCED : ImagePullerBuilder.Durability.SYNCED);
        if (maxConcurrentDownloads != null) {
            builder.maxConcurrentDownloads(maxConcurrentDownloads);
        }
        if (store != null) {
            builder.store(store);
        }
        List<PulledImage> pulled = new ArrayList<>();
        try (ImagePuller puller = builder.build();
                Interruption.Closing closing = interruption.closing(puller, Interruption.KEPT)) {
            if (output.isVerbose()) {
                err.println("store: " + puller.store());
            }
            for (String image : images) {
                long start = System.nanoTime();
                PulledImage result = offline ? puller.stored(request(image)) : puller.pull(request(image));
                pulled.add(result);
                if (!output.isJson()) {
                    print(result, out);
                }
                if (out.checkError() && pulled.size() < images.size()) {
                    err.println("jpull: the images after " + result.name()
                            + " are not pulled, because standard output cannot be written");
                    break;
                }
                if (shown != Progress.NONE && shown != Progress.JSON) {
                    err.println(Summary.of(result, System.nanoTime() - start));
                }
            }
        }
        if (output.isJson()) {
            out.println(ResultJson.images(pulled));
        }
        out.flush();
        if (failOnFallback
                && pulled.stream().anyMatch(image -> !image.fallbacks().isEmpty())) {
            err.println(
                    "jpull: --fail-on-fallback: the image is pulled, but not from the host that is configured first: see the fallbacks above");
            return ExitCode.of(FailureKind.UNAVAILABLE);
        }
        return 0;
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
        for (String name :
                List.of("--max-concurrent-downloads", "--max-connections", "--spread", "--fail-on-fallback")) {
            if (command.getParseResult().hasMatchedOption(name)) {
                ineffective.add(name);
            }
        }
        if (!ineffective.isEmpty()) {
            err.println("jpull: no effect with --offline, which sends no request: " + String.join(", ", ineffective));
        }
    }

    private PullRequest request(String image) {
        PullRequest.Builder request =
                PullRequest.builder(image).allPlatforms(allPlatforms).metadata(!skipMetadata);
        platforms.forEach(request::platform);
        annotations(labels).forEach(request::annotation);
        return request.build();
    }

    /** {@code KEY} alone means true, as for ctr. */
    static Map<String, String> annotations(List<String> labels) {
        Map<String, String> annotations = new LinkedHashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals == 0 || label.isEmpty()) {
                throw new ReferenceException("--label " + label + " has no key: write --label KEY=VALUE");
            }
            String key = equals < 0 ? label : label.substring(0, equals);
            if (annotations.put(key, equals < 0 ? "true" : label.substring(equals + 1)) != null) {
                throw new ReferenceException("--label gives " + PrintableText.line(key) + " twice: give it once");
            }
        }
        return annotations;
    }

    private void print(PulledImage image, PrintWriter out) {
        out.println(image.name().endsWith("@" + image.digest()) ? image.name() : image.name() + "@" + image.digest());
        if (printChainId) {
            for (PulledPlatform platform : image.platforms()) {
                if (platform.chainId() != null) {
                    out.println("image chain ID: " + platform.chainId());
                }
            }
        }
        out.flush();
    }
}
