// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportReport;
import dev.jpull.ExportRequest;
import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.PrintableText;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.PulledPlatform;
import dev.jpull.cli.progress.Progress;
import dev.jpull.error.FailureKind;
import dev.jpull.image.LockedImage;
import dev.jpull.image.Snapshotter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        header =
                "Pulls container images into an OCI image layout, by the registry configuration of containerd, k3s, podman or docker.",
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
            "  9 the lock file does not allow the pull, or cannot be used",
            "129, 130, 143 ended by SIGHUP, SIGINT (Ctrl-C) or SIGTERM; fetched bytes are kept"
        })
public final class PullCommand implements Callable<Integer> {
    private final WarmUp warmUp;
    private final Interruption interruption;

    @Spec
    private @Nullable CommandSpec spec; // null when {@link OrdinaryPull} has read the options

    @Parameters(
            arity = "0..*",
            paramLabel = "IMAGE",
            description =
                    "Images to pull, such as busybox or registry.example:5000/app:1; with an option for lock files, none for"
                            + " all of the lock file.")
    private List<String> images = new ArrayList<>();

    @Mixin
    private TransferOptions transfer = new TransferOptions();

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
            names = "--verify-layers",
            negatable = true,
            description =
                    "Compare the uncompressed layers with the diff IDs of the image as well, those in the store included"
                            + " (default: compressed layers only).")
    private boolean verifyLayers;

    @Option(names = "--print-chainid", description = "Print the chain ID of the layers.")
    private boolean printChainId;

    @Option(
            names = "--label",
            paramLabel = "KEY[=VALUE]",
            description = "Annotation of the image in the index of the store; may be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--fail-on-fallback",
            description = "Exit with 6 when a host failed and another was used; the image is pulled anyway.")
    private boolean failOnFallback;

    @Option(
            names = {"--local", "--sync-fs"},
            arity = "0",
            description =
                    "Accepted for compatibility with ctr, without effect: jpull runs without a daemon, and always syncs.")
    private boolean @Nullable [] ctrFlags; // an array, because ctr takes both names at once

    @Option(
            names = "--snapshotter",
            paramLabel = "overlayfs|native",
            description =
                    "Also unpack each layer into a snapshot in the store, to be mounted by jpull snapshots mount.")
    private @Nullable String snapshotter;

    @Option(
            names = "--export",
            paramLabel = "FILE|DIR",
            description = "Also write the images into this archive while they are pulled; see jpull export.")
    private @Nullable String export;

    @Mixin
    private ReferrersOption referrers = new ReferrersOption();

    @Mixin
    private LockOptions lock = new LockOptions();

    @Option(
            names = "--update-lock",
            description =
                    "Pull the images, or all of the lock file when none is given, as their tags are now, and write that into the"
                            + " lock file.")
    private boolean updateLock;

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

    /** Sets an option without a value; false when only picocli does that. */
    boolean setFlag(String name) {
        if (name.equals("--print-chainid")) {
            printChainId = true;
            return true;
        }
        return transfer.setFlag(name) || lock.setFlag(name) || registry.setFlag(name) || output.setFlag(name);
    }

    /** Sets an option with a value; false when only picocli does that. */
    boolean setValue(String name, String value) {
        return transfer.setValue(name, value)
                || lock.setValue(name, value)
                || registry.setValue(name, value)
                || output.setValue(name, value);
    }

    /** Adds an image that is pulled. */
    void addImage(String image) {
        images.add(image);
    }

    /** Whether an image is given. */
    boolean hasImage() {
        return !images.isEmpty();
    }

    @Override
    public Integer call() {
        CommandLine command = commandLine();
        PrintWriter err = command.getErr();
        check(command);
        if (ctrFlags != null) {
            err.println("jpull: --local and --sync-fs have no effect: jpull runs without a daemon, and always syncs");
        }
        return pull(command.getOut(), err);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "only picocli sets this").commandLine();
    }

    /**
     * Checks the options.
     *
     * @throws CommandLine.ParameterException if an option has a wrong value, or two exclude each other
     */
    void check(CommandLine command) {
        if (images.isEmpty() && !updateLock && !lock.isGiven()) {
            throw new CommandLine.ParameterException(command, "no image given: write jpull IMAGE");
        }
        transfer.check(command);
        checkExport(command);
    }

    /** Runs the command without picocli; a failure is reported as with it. */
    int execute(PrintWriter out, PrintWriter err) {
        try {
            return pull(out, err);
        } catch (Exception e) {
            return FailureReport.report(e, output.isJson(), output.isVerbose(), interruption.isUnderWay(), out, err);
        }
    }

    private int pull(PrintWriter out, PrintWriter err) {
        Snapshotter form = snapshotter == null ? null : Snapshotter.parse(snapshotter);
        warmUp.await();
        Progress shown = transfer.progress();
        if (updateLock) {
            return updateLock(shown, form, err);
        }
        List<PullRequest> requests = requests(form, err);
        List<String> names = requests.stream().map(PullRequest::image).toList();
        ImagePullerBuilder builder = lock.apply(transfer.apply(registry.builder(names, output.isVerbose(), err), err));
        List<PulledImage> pulled = new ArrayList<>();
        try (ImagePuller puller = builder.build();
                Interruption.Closing closing = interruption.closing(puller, Interruption.KEPT)) {
            if (output.isVerbose()) {
                err.println("store: " + puller.store());
            }
            if (export != null) {
                return export(puller, export, requests, out, err);
            }
            for (PullRequest request : requests) {
                long start = System.nanoTime();
                PulledImage result = puller.pull(request);
                pulled.add(result);
                if (!output.isJson()) {
                    print(result, out);
                }
                if (out.checkError() && pulled.size() < requests.size()) {
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
        return failOnFallback(pulled, err);
    }

    /** Pulls images as their tags are now, and writes that into the lock file. */
    private int updateLock(Progress shown, @Nullable Snapshotter form, PrintWriter err) {
        List<String> names = images.isEmpty()
                ? ImagePuller.lockedImages(lock.file()).stream()
                        .map(LockedImage::name)
                        .toList()
                : images;
        long start = System.nanoTime();
        try (ImagePuller puller = transfer.applyToMany(registry.builder(names, output.isVerbose(), err), err)
                        .lockFile(lock.file())
                        .build();
                Interruption.Closing closing = interruption.closing(puller, Interruption.KEPT)) {
            List<PullRequest> requests = names.stream()
                    .map(name -> request(PullRequest.of(name), form))
                    .toList();
            LockUpdate update = new LockUpdate(puller.updateLock(requests));
            output.print(update::json, update::print);
            if (shown != Progress.NONE && shown != Progress.JSON) {
                long nanos = System.nanoTime() - start;
                update.images().forEach(image -> err.println(Summary.of(image, nanos)));
            }
            return update.explain(err);
        }
    }

    private int failOnFallback(List<PulledImage> pulled, PrintWriter err) {
        if (failOnFallback
                && pulled.stream().anyMatch(image -> !image.fallbacks().isEmpty())) {
            err.println(
                    "jpull: --fail-on-fallback: the image is pulled, but not from the host that is configured first: see the fallbacks above");
            return ExitCode.of(FailureKind.UNAVAILABLE);
        }
        return 0;
    }

    private void checkExport(CommandLine command) {
        if (export != null && transfer.isOffline()) {
            throw new CommandLine.ParameterException(
                    command, "--export and --offline exclude each other: jpull export takes images from the store");
        }
        if ("-".equals(export)) {
            throw new CommandLine.ParameterException(
                    command, "--export - is not possible: pull first, and then write jpull export IMAGE... -o -");
        }
    }

    /** Pulls the images while they are written into an archive. */
    private int export(
            ImagePuller puller, String target, List<PullRequest> requests, PrintWriter out, PrintWriter err) {
        ExportRequest.Builder archive = ExportRequest.builder();
        ExportFormat.choose(commandLine(), archive, null, target);
        long start = System.nanoTime();
        ExportReport.Pulled done = puller.pullAndExport(requests, archive.build(), Path.of(target));
        long nanos = System.nanoTime() - start;
        if (output.isJson()) {
            out.println(ExportJson.of(done, target));
        } else {
            done.images().forEach(image -> print(image, out));
        }
        out.flush();
        Progress shown = transfer.progress();
        if (shown != Progress.NONE && shown != Progress.JSON) {
            done.images().forEach(image -> err.println(Summary.of(image, nanos)));
            ExportText.notes(done.export(), err);
            ExportText.summary(done.export(), target, err);
        }
        return failOnFallback(done.images(), err);
    }

    /** The images that are given, or all of the lock file when none is. */
    private List<PullRequest> requests(@Nullable Snapshotter form, PrintWriter err) {
        if (!images.isEmpty()) {
            return images.stream()
                    .map(image -> request(PullRequest.of(image), form))
                    .toList();
        }
        List<LockedImage> lines = ImagePuller.lockedImages(lock.file());
        if (lines.isEmpty()) {
            err.println("jpull: the lock file " + PrintableText.line(lock.file().toString()) + " has no image");
        }
        return lines.stream().map(line -> request(PullRequest.of(line), form)).toList();
    }

    /** A request with the options of the command; platforms that it has count when the command is given none. */
    private PullRequest request(PullRequest base, @Nullable Snapshotter form) {
        PullRequest.Builder request =
                transfer.platforms().isEmpty() ? base.toBuilder() : PullRequest.builder(base.image());
        request.offline(transfer.isOffline())
                .allPlatforms(allPlatforms)
                .metadata(!skipMetadata)
                .verifyLayers(verifyLayers);
        transfer.platforms().forEach(request::platform);
        Labels.annotations(labels).forEach(request::annotation);
        List<String> types = referrers.types();
        if (types != null) {
            request.referrers(types.toArray(String[]::new));
        }
        if (form != null) {
            request.snapshotter(form);
        }
        return request.build();
    }

    /** The name with the digest. */
    static String pinned(PulledImage image) {
        return image.name().endsWith("@" + image.digest()) ? image.name() : image.name() + "@" + image.digest();
    }

    private void print(PulledImage image, PrintWriter out) {
        out.println(pinned(image));
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
