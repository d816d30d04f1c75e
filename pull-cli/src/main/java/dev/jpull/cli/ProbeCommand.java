// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ProbeReport;
import dev.jpull.error.FailureKind;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jpull hosts probe IMAGE}: the response of each endpoint, step by step, and a remedy for each failure. */
@Command(
        name = "probe",
        sortOptions = false,
        description =
                "Sends each endpoint of an image the requests of a pull, step by step, and reports failures with remedies.")
public final class ProbeCommand implements Callable<Integer> {
    @Mixin
    private SingleImageOptions options = new SingleImageOptions();

    @Override
    public Integer call() {
        ProbeReport report = options.ask(
                PullListener.NONE, puller -> puller.probe(options.image()), ResultJson::probe, ProbeCommand::print);
        return report.isPullable() ? 0 : ExitCode.of(FailureKind.UNAVAILABLE);
    }

    private static void print(ProbeReport report, PrintWriter out) {
        out.println(report.name());
        for (ProbeReport.Endpoint endpoint : report.endpoints()) {
            out.println();
            out.println(endpoint.host().origin() + endpoint.host().path() + "  <- "
                    + endpoint.host().source());
            endpoint.steps().forEach(step -> print(step, out));
        }
        out.println();
        out.println(report.isPullable() ? "A pull works." : "A pull fails.");
    }

    private static void print(ProbeReport.Step step, PrintWriter out) {
        boolean skipped = step.outcome() == ProbeReport.Outcome.SKIPPED;
        String time = skipped ? "" : step.elapsed().toMillis() + " ms";
        out.println(String.format(
                Locale.ROOT, "  %-7s %-8s %8s  %s", step.name(), ValueNames.of(step.outcome()), time, step.detail()));
        if (!step.remedy().isEmpty()) {
            out.println(" ".repeat(28) + "remedy: " + RemedyText.of(step));
        }
    }
}
