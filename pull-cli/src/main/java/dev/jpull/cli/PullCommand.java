// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.PulledPlatform;
import dev.jpull.cli.progress.Progress;
import dev.jpull.error.FailureKind;
import dev.jpull.error.ReferenceException;
import dev.jpull.text.ForeignText;
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
        footerHeading =
                "%nOptions may stand before and after the name of a command. An image with the name of a command is"
                        + " written%ndocker.io/library/NAME, or after --.%n%nExit codes:%n",
        footer = {
            "  0 done                     5 image or platform not found",
            "  1 a bug in jpull           6 no registry could be reached, or all failed",
            "  2 wrong usage              7 content is not what its digest says",
            "  3 wrong configuration      8 the store or standard output cannot be written",
            "  4 access denied            141 the reader of standard output closed it early",
            "129, 130, 143 ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM; what was fetched is kept"
        })
public final class PullCommand implements Callable<Integer>, HasOutput {
    private final WarmUp headStart;
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
            description = "Directory to pull into (default: $JPULL_STORE, else jpull in the user's data directory).")
    private @Nullable Path store;

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "Platform to pull, such as linux/arm64; may be repeated (default: the one of this machine).")
    private List<String> platforms = new ArrayList<>();

    @Option(names = "--all-platforms", description = "Pull every platform.")
    private boolean allPlatforms;

    @Option(names = "--skip-metadata", description = "Leave out the manifests and configurations of other platforms.")
    private boolean skipMetadata;

    @Option(
            names = "--all-metadata",
            description = "Pull the manifests and configurations of other platforms too; this is the default.")
    @SuppressWarnings("UnusedVariable") // the default; it excludes --skip-metadata
    private boolean allMetadata;

    @Option(
            names = "--max-concurrent-downloads",
            paramLabel = "N",
            description = "How many blobs are downloaded at once (default: 3, or what --config says).")
    private @Nullable Integer maxConcurrentDownloads;

    @Option(
            names = "--max-connections",
            paramLabel = "N[,HOST]",
            description =
                    "How many connections fetch blobs, in all and at one host; large blobs are fetched over several,"
                            + " as long as that is not slower (default: 24).")
    private @Nullable String maxConnections;

    @Option(
            names = "--spread",
            description = "Fetch large blobs from all capable hosts at once, instead of from the first that does.")
    private boolean spread;

    // Not in the help, because nobody should: it is there to know what flushing takes.
    @Option(names = "--no-fsync", hidden = true, description = "Do not flush what is stored to the disk.")
    private boolean noFlush;

    @Option(names = "--print-chainid", description = "Print the chain ID of the layers.")
    private boolean printChainId;

    @Option(
            names = "--label",
            paramLabel = "KEY[=VALUE]",
            description = "Annotation of the image in the store's index; may be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--offline",
            description = "Ask nobody: say what the store has of the images, or fail; the store is not written to.")
    private boolean offline;

    @Option(
            names = "--fail-on-fallback",
            description =
                    "Exit with 6 when a host did not do and another one had to; the image is pulled all the same.")
    private boolean failOnFallback;

    @Option(
            names = "--progress",
            paramLabel = "auto|tty|plain|json|none",
            description = "How progress is shown on standard error (default: auto).")
    private @Nullable Progress progress;

    @Option(
            names = {"-q", "--quiet"},
            description = "Show no progress and no summary.")
    private boolean quiet;

    @Option(
            names = {"--local", "--sync-fs"},
            description =
                    "Accepted for the sake of ctr's command lines: jpull always works by itself, and always syncs.")
    private boolean ctrFlags;

    @Option(
            names = "--snapshotter",
            paramLabel = "NAME",
            description = "Accepted for the sake of ctr's command lines, without effect: jpull makes no snapshots.")
    private @Nullable String snapshotter;

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean version;

    PullCommand(WarmUp headStart, Interruption interruption) {
        this.headStart = headStart;
        this.interruption = interruption;
    }

    Interruption interruption() {
        return interruption;
    }

    WarmUp headStart() {
        return headStart;
    }

    @Override
    public OutputOptions output() {
        return output;
    }

    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        PrintWriter out = command.getOut();
        PrintWriter err = command.getErr();
        if (images.isEmpty()) {
            throw new CommandLine.ParameterException(command, "which image? Write jpull IMAGE");
        }
        if (maxConcurrentDownloads != null && (maxConcurrentDownloads < 1 || maxConcurrentDownloads > 256)) {
            throw new CommandLine.ParameterException(command, "--max-concurrent-downloads must be from 1 to 256");
        }
        if (quiet && progress != null && progress != Progress.NONE) {
            throw new CommandLine.ParameterException(
                    command, "--quiet shows no progress, and --progress asks for some");
        }
        if (offline) {
            sayWhatIsOfNoUse(command, err);
        }
        if (ctrFlags) {
            err.println("jpull: --local and --sync-fs have no effect: jpull always works by itself, and always syncs");
        }
        if (snapshotter != null) {
            err.println("jpull: --snapshotter has no effect: jpull makes no snapshots");
        }
        headStart.await();
        Progress shown = quiet ? Progress.NONE : progress == null ? Progress.AUTO : progress;
        ImagePullerBuilder builder =
                registry.builder(images, output.isVerbose(), err).listener(shown.listener(err));
        if (maxConnections != null) {
            limitConnections(builder, maxConnections);
        }
        builder.spread(spread).flushing(!noFlush);
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
                            + " are not pulled, because results cannot be written");
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
                    "jpull: pulled, but not as configured first, which --fail-on-fallback forbids: see the fallbacks above");
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
                    "--max-connections " + ForeignText.line(text)
                            + " is not one or two numbers from 1 to 256: write it like 24 or 24,8",
                    e);
        }
    }

    /** What is said about asking hosts does no harm where none is asked, and scripts have it: it is not ignored in silence. */
    private static void sayWhatIsOfNoUse(CommandLine command, PrintWriter err) {
        List<String> useless = RegistryOptions.givenTo(command);
        for (String name :
                List.of("--max-concurrent-downloads", "--max-connections", "--spread", "--fail-on-fallback")) {
            if (command.getParseResult().hasMatchedOption(name)) {
                useless.add(name);
            }
        }
        if (!useless.isEmpty()) {
            err.println("jpull: without effect, because --offline asks no host: " + String.join(", ", useless));
        }
    }

    private PullRequest request(String image) {
        PullRequest request = PullRequest.of(image)
                .withPlatforms(platforms)
                .withMetadata(!skipMetadata)
                .withAnnotations(annotations(labels));
        return allPlatforms ? request.withAllPlatforms() : request;
    }

    /** {@code KEY} alone means true, as with ctr. */
    static Map<String, String> annotations(List<String> labels) {
        Map<String, String> annotations = new LinkedHashMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals == 0 || label.isEmpty()) {
                throw new ReferenceException("--label " + label + " has no key: write --label KEY=VALUE");
            }
            String key = equals < 0 ? label : label.substring(0, equals);
            if (annotations.put(key, equals < 0 ? "true" : label.substring(equals + 1)) != null) {
                throw new ReferenceException("--label gives " + ForeignText.line(key) + " twice: one value counts");
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
