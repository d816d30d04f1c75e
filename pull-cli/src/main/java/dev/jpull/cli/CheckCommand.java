// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsCheck;
import dev.jpull.ImagePuller;
import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jpull hosts check [DIR|FILE]}: what is wrong with a configuration, where, and what to do about it. */
@Command(
        name = "check",
        sortOptions = false,
        description =
                "Finds mistakes in a hosts directory, a hosts.toml or a containerd config.toml; sends no request.")
public final class CheckCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..*",
            paramLabel = "DIR|FILE",
            description = "What to check (default: what a pull would use).")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--strict", description = "Treat warnings as errors.")
    private boolean strict;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        List<Path> checked =
                paths.isEmpty() ? ImagePuller.builder().registryConfiguration().paths() : paths;
        Set<Finding> all = new LinkedHashSet<>();
        checked.forEach(path -> all.addAll(HostsCheck.of(path)));
        List<Finding> findings = all.stream().map(this::judged).toList();
        output.print(() -> ResultJson.findings(findings), out -> {
            FindingReport report = new FindingReport(out);
            findings.forEach(report::print);
            report.printSum(findings, checked);
        });
        return findings.stream().anyMatch(Finding::isError) ? ExitCode.CONFIGURATION : 0;
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
}
