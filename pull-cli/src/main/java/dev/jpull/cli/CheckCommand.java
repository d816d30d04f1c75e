// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsCheck;
import dev.jpull.HostsReview;
import dev.jpull.ImagePuller;
import dev.jpull.finding.Finding;
import dev.jpull.finding.NodeRelease;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code jpull hosts check [DIR|FILE...]}: what is wrong with configurations, where, and what to do about it. */
@Command(
        name = "check",
        sortOptions = false,
        description =
                "Finds mistakes in the registry configuration of nodes: hosts directories, hosts.toml, config.toml,"
                        + " registries.yaml, registries.conf and daemon.json; sends no request.")
public final class CheckCommand implements Callable<Integer> {
    /** The format of the findings. */
    enum Format {
        TEXT,
        JSON,
        SARIF,
        GITHUB
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "DIR|FILE",
            description = "What to check, or a directory in which to look for it (default: what a pull would use).")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--for",
            paramLabel = "RELEASE",
            split = ",",
            converter = ReleaseConverter.class,
            completionCandidates = Releases.class,
            description =
                    "Also find what nodes of this release do not understand: ${COMPLETION-CANDIDATES}; several are separated by commas.")
    private Set<NodeRelease> nodes = new LinkedHashSet<>();

    @Option(names = "--strict", description = "Treat warnings as errors.")
    private boolean strict;

    @Option(
            names = "--no-certificates",
            description =
                    "Do not read the certificates, keys and config_path that are named: they are on the nodes alone.")
    private boolean noCertificates;

    @Option(
            names = "--format",
            paramLabel = "text|json|sarif|github",
            defaultValue = "text",
            description = "Format of the findings on standard output (default: text).")
    private Format format = Format.TEXT;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print the configurations that are checked, and the stack trace of a failure.")
    private boolean verbose;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        List<Path> checked =
                paths.isEmpty() ? ImagePuller.builder().registryConfiguration().paths() : paths;
        HostsReview review = HostsCheck.review(checked, new HostsCheck.Options(nodes, !noCertificates));
        List<Finding> findings = review.findings().stream().map(this::judged).toList();
        PrintWriter out = commandSpec().commandLine().getOut();
        PrintWriter err = commandSpec().commandLine().getErr();
        if (verbose) {
            review.configurations().forEach(each -> err.println("checked " + each.path() + " (" + each.kind() + ")"));
            err.flush();
        }
        FindingPlaces places = new FindingPlaces(Path.of("").toAbsolutePath());
        switch (format) {
            case TEXT -> {
                FindingReport report = new FindingReport(out);
                findings.forEach(report::print);
                report.printSum(review, findings);
            }
            case JSON -> out.println(ResultJson.findings(findings));
            case SARIF -> out.println(new SarifReport(places, Version.number()).of(findings));
            case GITHUB -> {
                GitHubReport report = new GitHubReport(places);
                findings.forEach(finding -> out.println(report.lineFor(finding)));
                out.flush();
                new FindingReport(err).printSum(review, findings);
                err.flush();
            }
        }
        out.flush();
        return findings.stream().anyMatch(Finding::isError) ? ExitCode.CONFIGURATION : 0;
    }

    private CommandSpec commandSpec() {
        return Objects.requireNonNull(spec, "only picocli sets this");
    }

    private Finding judged(Finding finding) {
        boolean raised = strict && finding.severity() == Finding.Severity.WARNING;
        return raised
                ? new Finding(
                        Finding.Severity.ERROR,
                        finding.code(),
                        finding.position(),
                        finding.message(),
                        finding.runtime(),
                        finding.behaviour(),
                        finding.remedy())
                : finding;
    }

    /** The names of the releases, for the help and for completion. */
    static final class Releases implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return labels().iterator();
        }

        static List<String> labels() {
            return Stream.concat(Arrays.stream(NodeRelease.values()).map(NodeRelease::label), Stream.of("rke2"))
                    .toList();
        }
    }

    /** Reads the name of a release. */
    static final class ReleaseConverter implements ITypeConverter<NodeRelease> {
        @Override
        public NodeRelease convert(String text) {
            return NodeRelease.of(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "\"" + text + "\" is not one of " + String.join(", ", Releases.labels())));
        }
    }
}
