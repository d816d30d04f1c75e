// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ExportReport;
import dev.jpull.ExportRequest;
import dev.jpull.LocalStore;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull export IMAGE... -o FILE}: images of the store as an archive. */
@Command(
        name = "export",
        sortOptions = false,
        description = {
            "Writes images of the store into an archive that docker, podman, skopeo, containerd and others read, or"
                    + " into a directory with an OCI layout. The same images give the same bytes.",
            "To pull and export in one go: jpull IMAGE... --export FILE."
        })
public final class ExportCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "IMAGE",
            description =
                    "Images of the store: references, names as jpull store ls prints them, digests, or their first"
                            + " digits.")
    private List<String> images = new ArrayList<>();

    @Option(names = "--all", description = "Export all images of the store.")
    private boolean all;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE|DIR|-",
            description = "Where the images go: a file, a directory, or - for standard output.")
    private String target = "";

    @Option(
            names = "--format",
            paramLabel = "oci-archive|docker-archive|oci",
            converter = ExportFormat.class,
            description = "Form of the export (default: by the name: .tar, .tar.gz, .tgz, .tar.zst and .tzst are OCI"
                    + " archives, a directory is an OCI layout).")
    private ExportRequest.@Nullable Format format;

    @Option(
            names = "--compress",
            paramLabel = "none|gzip|zstd",
            converter = ExportCompression.class,
            description = "Compression of the archive as a whole (default: by the name).")
    private ExportRequest.@Nullable Compression compression;

    @Option(
            names = "--platform",
            paramLabel = "PLATFORM",
            description = "Platform to export, such as linux/arm64; may be repeated (default: all that are in the store"
                    + " completely).")
    private List<String> platforms = new ArrayList<>();

    @Option(
            names = "--all-platforms",
            description = "Export all platforms that are in the store completely, which is the default.")
    private boolean allPlatforms;

    @Option(
            names = "--rename",
            paramLabel = "FROM=TO",
            description =
                    "Another name in the archive: for one image (app:1=mirror.example/app:1), a repository, or all"
                            + " names that begin with FROM (docker.io/library=mirror.example/hub); may be repeated.")
    private List<String> renames = new ArrayList<>();

    @Option(
            names = "--referrers",
            arity = "0..1",
            paramLabel = "TYPE,...",
            preprocessor = ReferrersOption.AttachedValue.class,
            description = "Types of artifacts to export with the images that they refer to, separated by commas"
                    + " (default: all that are in the store).")
    private @Nullable String referrers;

    @Option(names = "--no-referrers", description = "Export no artifacts that refer to the images.")
    private boolean noReferrers;

    @Option(
            names = "--keep-index",
            description =
                    "Name the index of an image although not all of its platforms are in the store; most readers refuse"
                            + " that.")
    private boolean keepIndex;

    @Option(names = "--verify", description = "Hash the blobs of the store again while they are copied.")
    private boolean verify;

    @Option(
            names = "--link",
            description =
                    "Make blobs of a directory hard links to those of the store where that is possible and safe: it"
                            + " takes no time and no room. A program that writes to such a blob changes the store.")
    private boolean link;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not print what the archive does not have, and no summary.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print the stack trace of a failure.")
    @SuppressWarnings("UnusedVariable") // OutputOptions looks it up
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Override
    public Integer call() {
        CommandLine command = spec.commandLine();
        PrintWriter err = command.getErr();
        checkOptions(command);
        boolean toStandardOutput = target.equals(STANDARD_OUTPUT);
        if (toStandardOutput && Boolean.getBoolean("jpull.outputTerminal")) {
            throw new CommandLine.ParameterException(
                    command,
                    "standard output is a terminal, on which an archive is of no use: name a file with -o FILE");
        }
        LocalStore local = store.open();
        ExportRequest request = request(command, local);
        ResultStream stream = new ResultStream(new FileOutputStream(FileDescriptor.out));
        ExportReport report;
        try (InterruptedExport running = InterruptedExport.of(spec)) {
            report = toStandardOutput ? local.export(request, stream) : local.export(request, Path.of(target));
        } catch (StoreException e) {
            if (!stream.isClosedPipe()) {
                throw e;
            }
            err.println("jpull: the reader of standard output closed it before the archive was complete");
            return ExitCode.CLOSED_PIPE;
        }
        PrintWriter results = toStandardOutput ? err : command.getOut();
        if (json) {
            results.println(ExportJson.of(report, target));
        } else {
            ExportText.images(report, results);
        }
        results.flush();
        if (!quiet) {
            ExportText.notes(report, err);
            ExportText.summary(report, toStandardOutput ? "standard output" : target, err);
        }
        return 0;
    }

    private void checkOptions(CommandLine command) {
        String problem = null;
        if (noReferrers && referrers != null) {
            problem = "--referrers and --no-referrers exclude each other";
        } else if (allPlatforms && !platforms.isEmpty()) {
            problem = "--platform and --all-platforms exclude each other";
        } else if (all && !images.isEmpty()) {
            problem = "--all exports all images of the store: leave it out to export only the images that are named";
        } else if (target.isEmpty()) {
            problem = "no target given: write -o FILE, -o DIR, or -o - for standard output";
        } else if (!all && images.isEmpty()) {
            problem = "no image given: write IMAGE, or --all for all images of the store";
        }
        if (problem != null) {
            throw new CommandLine.ParameterException(command, problem);
        }
    }

    /** The images by what an export finds them by; those without a name by their digests. */
    private List<String> images(LocalStore local) {
        if (!all) {
            return images;
        }
        List<String> stored = local.images().stream()
                .map(image -> image.name().isEmpty() ? image.root().digest().toString() : image.name())
                .distinct()
                .toList();
        if (stored.isEmpty()) {
            throw new ReferenceException("the store " + store.directory() + " has no images: pull some first");
        }
        return stored;
    }

    private ExportRequest request(CommandLine command, LocalStore local) {
        ExportRequest.Builder request = ExportRequest.builder(images(local).toArray(String[]::new))
                .keepIndex(keepIndex)
                .verify(verify)
                .hardLinks(link);
        platforms.forEach(request::platform);
        RenameRules.give(command, renames, request::rename);
        if (noReferrers) {
            request.withoutReferrers();
        } else if (referrers != null && !referrers.equals(ReferrersOption.ALL)) {
            request.referrers(ReferrersOption.parse("--referrers", referrers).toArray(String[]::new));
        }
        ExportFormat.choose(command, request, format, target);
        if (compression != null) {
            request.compression(compression);
        }
        return request.build();
    }
}
