// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsConversion;
import dev.jpull.HostsConversion.Fidelity;
import dev.jpull.ImagePuller;
import dev.jpull.error.Remedy;
import dev.jpull.finding.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jpull hosts convert SOURCE TARGET}: a registry configuration in another dialect. */
@Command(
        name = "convert",
        sortOptions = false,
        description =
                "Converts a registry configuration of any kind to a hosts directory of containerd, or with --to to"
                        + " another kind, and verifies that both mean the same. Prints the files; writes them only with --write.")
public final class ConvertCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "SOURCE",
            description = "The configuration: a hosts directory, config.toml, registries.yaml, registries.conf or"
                    + " daemon.json.")
    private Path source = Path.of("");

    @Parameters(index = "1", paramLabel = "TARGET", description = "The hosts directory, or the file, to write.")
    private Path target = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "hosts|k3s|k3s-hosts|registries.conf",
            converter = ConversionForm.class,
            completionCandidates = ConversionForm.Words.class,
            description =
                    "What to write: a hosts directory (default), the registries.yaml of k3s, a hosts directory for the"
                            + " containerd of k3s, or the registries.conf of podman.")
    private HostsConversion.Form form = HostsConversion.Form.HOSTS;

    @Option(names = "--write", description = "Write the files; existing files are not overwritten.")
    private boolean write;

    @Option(
            names = "--approximate",
            description =
                    "Leave out what cannot be written, or write the nearest, with a warning, instead of refusing the conversion.")
    private boolean approximate;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        HostsConversion conversion =
                HostsConversion.of(source, form, approximate ? Fidelity.APPROXIMATE : Fidelity.EXACT);
        if (output.isVerbose()) {
            output.err()
                    .println("registry configuration: "
                            + RegistryOptions.shown(
                                    ImagePuller.builder().configuration(source).registryConfiguration()));
        }
        boolean refused = conversion.isRefused();
        boolean written = write && !refused;
        if (written) {
            conversion.write(target);
        }
        if (refused && !output.isJson()) {
            printRefusal(conversion, output.err());
        } else {
            output.print(() -> ResultJson.conversion(conversion, target, written), out -> print(conversion, out));
        }
        return refused ? ExitCode.CONFIGURATION : 0;
    }

    private void printRefusal(HostsConversion conversion, PrintWriter err) {
        printFindings(conversion, err);
        err.println("jpull: " + source + " is not converted, and nothing was written");
        RemedyText.of(Remedy.APPROXIMATE).ifPresent(text -> err.println("  remedy: " + text));
        err.flush();
    }

    /** Errors and warnings with their places; a note is one line. */
    private static void printFindings(HostsConversion conversion, PrintWriter out) {
        FindingReport report = new FindingReport(out);
        for (Finding finding : conversion.findings()) {
            if (finding.severity() == Finding.Severity.INFO) {
                out.println("note: " + finding.message() + "; " + finding.remedy() + " [" + finding.code() + "]");
            } else {
                report.print(finding);
            }
        }
    }

    private void print(HostsConversion conversion, PrintWriter out) {
        if (conversion.files().isEmpty()) {
            out.println("nothing to convert: " + source + " has no settings for registries");
            return;
        }
        conversion.shownFiles().forEach((file, text) -> {
            out.println("# " + (write ? "written: " : "") + target.resolve(file));
            text.lines().forEach(out::println);
            out.println();
        });
        printFindings(conversion, out);
        out.println(
                approximate
                        ? "What differs is listed above; \"jpull hosts diff " + source + " " + target
                                + "\" shows it too."
                        : "jpull compared both: every registry has the same hosts as in " + source
                                + (conversion.findings().isEmpty() ? "." : ", apart from what is listed above."));
        if (!write) {
            out.println("Nothing was written; add --write to write the files.");
        }
        if (form == HostsConversion.Form.HOSTS && source.endsWith("config.toml")) {
            out.println("Then, in " + source + ", remove mirrors, configs.*.tls and headers, and set config_path = \""
                    + target.toAbsolutePath().normalize() + "\".");
        }
    }
}
