// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportReport;
import dev.jpull.ExportRequest;
import dev.jpull.ImageList;
import dev.jpull.ImagePuller;
import dev.jpull.LocalStore;
import dev.jpull.SyncReport;
import dev.jpull.SyncReport.State;
import dev.jpull.SyncReport.SyncedImage;
import dev.jpull.SyncRequest;
import dev.jpull.cli.progress.Progress;
import dev.jpull.error.PullException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull sync LIST...}: brings the images of lists into the store. */
@Command(
        name = "sync",
        sortOptions = false,
        description = {
            "Brings all images of lists into the store; what is there is not fetched again. A list is a text with an image"
                    + " on each line, or YAML with repositories and rules for their tags.",
            "Give all lists for a store in one call of --prune."
        })
public final class SyncCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "LIST", description = "Files with lists of images; - for standard input.")
    private List<String> lists = new ArrayList<>();

    @Option(
            names = "--dry-run",
            description = "Print what would be done and fetched. Requests manifests, but no blobs; writes nothing.")
    private boolean dryRun;

    @Option(
            names = "--keep-going",
            description = "Go on after a failure, and exit with the code of the worst (default: stop at the first).")
    private boolean keepGoing;

    @Option(
            names = "--prune",
            description = "Remove images that an earlier sync brought and that the lists do not name any more, unless"
                    + " something failed.")
    private boolean prune;

    @Mixin
    private ReferrersOption referrers = new ReferrersOption();

    @Option(names = "--all-platforms", description = "Pull every platform of images of which a list names none.")
    private boolean allPlatforms;

    @Option(
            names = "--rename",
            paramLabel = "FROM=TO",
            description =
                    "Another name in the store: for one image (app:1=mirror.example/app:1), a repository, or all names"
                            + " that begin with FROM (docker.io/library=mirror.example/hub); may be repeated.")
    private List<String> renames = new ArrayList<>();

    @Option(
            names = "--export",
            paramLabel = "FILE|DIR",
            description = "Also write all images of the lists into this archive, when all are there; see jpull export.")
    private @Nullable String export;

    @Mixin
    private TransferOptions transfer = new TransferOptions();

    @Mixin
    private LockOptions lock = new LockOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    /** The command. Its help leaves out an option that it has in common with pulls, and refuses. */
    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new SyncCommand());
        CommandSpec sync = command.getCommandSpec();
        OptionSpec offline = sync.findOption("--offline");
        sync.remove(offline);
        sync.addOption(OptionSpec.builder(offline).hidden(true).build());
        return command;
    }

    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        PrintWriter err = command.getErr();
        transfer.check(command);
        if (transfer.isOffline()) {
            throw new CommandLine.ParameterException(
                    command, "--offline excludes sync: write jpull --offline IMAGE to look for an image in the store");
        }
        if (STANDARD_INPUT.equals(export)) {
            throw new CommandLine.ParameterException(
                    command, "--export - is not possible: sync first, and then write jpull export IMAGE... -o -");
        }
        ImageList list = read(command);
        if (spec.root().userObject() instanceof PullCommand root) {
            root.warmUp().await();
        }
        SyncRequest request = request(list);
        ExportRequest.Builder archive = ExportRequest.builder();
        if (export != null) {
            ExportFormat.choose(command, archive, null, export);
        }
        long start = System.nanoTime();
        SyncReport report;
        Path store;
        try (ImagePuller puller = lock.apply(transfer.applyToMany(
                                registry.builder(list.repositories(), output.isVerbose(), err), err))
                        .build();
                Interruption.Closing closing = Interruption.of(spec).closing(puller, Interruption.KEPT)) {
            store = puller.store();
            if (export != null) {
                archive.build().requireTarget(Path.of(export), store);
            }
            report = puller.sync(request);
        }
        boolean complete = report.count(State.FAILED) == 0;
        ExportReport exported = null;
        PullException exportFailure = null;
        if (export != null && !dryRun && complete) {
            try {
                exported = export(LocalStore.open(store), archive, report, Path.of(export));
            } catch (PullException e) {
                exportFailure = e; // the images are in the store all the same: the result says so first
            }
        }
        SyncOutput shown = new SyncOutput(report, dryRun, exported, exportFailure, export);
        output.print(shown::json, out -> shown.print(out, isSummaryShown(), System.nanoTime() - start));
        report.images().forEach(image -> explain(image, err));
        if (prune && report.pruned() == null) {
            err.println("jpull: --prune: nothing is removed, because not all images are there");
        }
        if (export != null && !complete) {
            err.println("jpull: --export: no archive is written, because not all images are there");
        }
        if (exported != null && isSummaryShown()) {
            ExportText.notes(exported, err);
            ExportText.summary(exported, String.valueOf(export), err);
        }
        if (exportFailure != null) {
            FailureReport.explain(exportFailure, String.valueOf(exportFailure.getMessage()), err);
            return ExitCode.of(exportFailure.kind());
        }
        return report.worstFailure().map(failure -> ExitCode.of(failure.kind())).orElse(0);
    }

    private ExportReport export(LocalStore store, ExportRequest.Builder archive, SyncReport report, Path target) {
        report.images().forEach(image -> archive.image(image.name()));
        try (InterruptedExport running = InterruptedExport.of(spec)) {
            return store.export(archive.build(), target);
        }
    }

    private boolean isSummaryShown() {
        return transfer.progress() != Progress.NONE;
    }

    private ImageList read(CommandLine command) {
        ImageList all = ImageList.of();
        for (String each : lists) {
            all = all.and(
                    each.equals(STANDARD_INPUT)
                            ? ImageList.read(System.in, "standard input")
                            : ImageList.read(Path.of(each)));
        }
        List<String> repositories = all.repositories();
        boolean given = command.getParseResult().hasMatchedOption("--user")
                || command.getParseResult().hasMatchedOption("--refresh");
        long registries = repositories.stream()
                .map(name -> name.substring(0, name.indexOf('/')))
                .distinct()
                .count();
        if (given && registries > 1) {
            throw new CommandLine.ParameterException(
                    command,
                    "--user and --refresh are for one registry, and the lists name " + registries
                            + ": log in to each with docker or podman instead");
        }
        return all;
    }

    private SyncRequest request(ImageList list) {
        SyncRequest.Builder request = SyncRequest.builder(list)
                .allPlatforms(allPlatforms)
                .keepGoing(keepGoing)
                .dryRun(dryRun)
                .prune(prune);
        transfer.platforms().forEach(request::platform);
        List<String> types = referrers.types();
        if (types != null) {
            request.referrers(types.toArray(String[]::new));
        }
        RenameRules.give(spec.commandLine(), renames, request::rename);
        return request.build();
    }

    private static void explain(SyncedImage image, PrintWriter err) {
        if (image.failure() != null) {
            String message = String.valueOf(image.failure().getMessage());
            FailureReport.explain(
                    image.failure(), (message.contains(image.source()) ? "" : image.source() + ": ") + message, err);
        }
    }
}
