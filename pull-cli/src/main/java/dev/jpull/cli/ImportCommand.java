// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImportOptions;
import dev.jpull.ImportReport;
import dev.jpull.LocalStore;
import dev.jpull.cli.progress.ByteCount;
import dev.jpull.cli.progress.ByteLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jpull import FILE}: the images of an archive into the store. */
@Command(
        name = "import",
        sortOptions = false,
        description = {
            "Reads the images of an archive into the store: an OCI archive, an archive of \"docker save\", compressed with gzip"
                    + " or zstd or not, or a directory with an OCI image layout.",
            "All content is verified before an image gets its name."
        })
public final class ImportCommand implements Callable<Integer> {
    private static final String KEPT = "; content that was read is kept, and the next import goes on behind it";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE|DIR|-", description = "The archive; - reads standard input.")
    private String archive = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "The name for the only image of the archive, such as registry.example/app:1; without a tag, the repository"
                            + " for the tags in the archive.")
    private @Nullable String name;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            description = "Import these platforms of an image with several (default: all that the archive has).")
    private List<String> platforms = new ArrayList<>();

    @Option(
            names = "--keep-existing",
            description = "Refuse an archive with an image whose name another image of the store has.")
    private boolean keepExisting;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = {"-q", "--quiet"},
            description = "Print nothing but the result and failures.")
    private boolean quiet;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        PrintWriter err = output.err();
        ByteLine line = ByteLine.on(err, quiet, "read");
        ImportOptions.Builder options =
                ImportOptions.builder().keepExisting(keepExisting).progress(line::show);
        if (name != null) {
            options.name(name);
        }
        platforms.forEach(options::platform);
        ImportOptions built = options.build();
        Thread importer = Thread.currentThread();
        ImportReport report;
        try (Interruption.Closing closing = Interruption.of(spec).closing(importer::interrupt, KEPT)) {
            LocalStore local = store.openOrCreate();
            report = archive.equals("-")
                    ? local.importArchive(System.in, built)
                    : local.importArchive(Path.of(archive), built);
        } finally {
            line.clear();
        }
        output.print(
                () -> json(report),
                out -> report.images()
                        .forEach(image -> out.println(image.name()
                                + (image.name().contains("@")
                                        ? ""
                                        : "@" + image.root().digest()))));
        report.leftOut().forEach(text -> err.println("jpull: left out: " + text));
        for (ImportReport.Image image : report.images()) {
            if (image.replaced() != null) {
                err.println("jpull: " + image.name() + " was " + image.replaced() + " before");
            }
        }
        if (!quiet) {
            err.println(summary(report));
        }
        err.flush();
        return 0;
    }

    private static String summary(ImportReport report) {
        Map<ImportReport.State, Long> states = report.images().stream()
                .collect(Collectors.groupingBy(ImportReport.Image::state, LinkedHashMap::new, Collectors.counting()));
        String counts = states.entrySet().stream()
                .map(state -> state.getValue() + " " + label(state.getKey()))
                .collect(Collectors.joining(", "));
        String referrers = report.referrers() == 0
                ? ""
                : ", " + report.referrers() + (report.referrers() == 1 ? " referrer" : " referrers");
        return "images: " + (counts.isEmpty() ? "none" : counts) + referrers + "; "
                + ByteCount.of(report.bytesWritten()) + " written, " + ByteCount.of(report.bytesPresent())
                + " present";
    }

    private static String label(ImportReport.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String json(ImportReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", report.images().stream().map(ImportCommand::image).toList());
        json.put("referrers", report.referrers());
        json.put("leftOut", report.leftOut());
        json.put("bytesWritten", report.bytesWritten());
        json.put("bytesPresent", report.bytesPresent());
        return ResultJson.write(json);
    }

    private static Map<String, Object> image(ImportReport.Image image) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", image.name());
        json.put("digest", image.root().digest().toString());
        json.put("mediaType", image.root().mediaType().value());
        json.put("platforms", image.platforms().stream().map(Object::toString).toList());
        json.put("state", label(image.state()));
        json.put("replaced", image.replaced() == null ? null : image.replaced().toString());
        return json;
    }
}
