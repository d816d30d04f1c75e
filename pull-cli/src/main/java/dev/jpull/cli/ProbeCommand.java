// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.ImagePuller;
import dev.jpull.ProbeReport;
import dev.jpull.error.FailureKind;
import dev.jpull.event.PullListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code jpull hosts probe IMAGE}: how each endpoint answers, step by step, and what to do where it does not. */
@Command(
        name = "probe",
        sortOptions = false,
        description = "Asks each endpoint of an image what a pull would ask it, step by step, and says what is wrong.")
public final class ProbeCommand implements Callable<Integer>, HasOutput {
    @Mixin
    private SingleImageOptions question = new SingleImageOptions();

    @Override
    public OutputOptions output() {
        return question.output();
    }

    @Override
    public Integer call() {
        PrintWriter out = question.out();
        try (ImagePuller puller = question.open(PullListener.NONE);
                Interruption.Closing closing = question.closing(puller)) {
            ProbeReport report = puller.probe(question.image());
            if (question.output().isJson()) {
                out.println(ResultJson.probe(report));
            } else {
                print(report, out);
            }
            out.flush();
            return report.isPullable() ? 0 : ExitCode.of(FailureKind.UNAVAILABLE);
        }
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
            out.println(" ".repeat(28) + "remedy: " + step.remedy());
        }
    }
}
