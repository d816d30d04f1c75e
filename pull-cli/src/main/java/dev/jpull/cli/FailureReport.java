// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.error.Attempt;
import dev.jpull.error.FailureKind;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Prints a failure: one sentence, then a line for every attempt and remedy; the stack trace only with {@code --verbose}. */
final class FailureReport implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        return report(
                thrown,
                OutputOptions.isJson(command.getCommandSpec()),
                OutputOptions.isVerbose(command.getCommandSpec()),
                Interruption.of(command.getCommandSpec()).isUnderWay(),
                command.getOut(),
                command.getErr());
    }

    /**
     * Prints a failure; returns the exit code.
     *
     * @param json whether the result is JSON
     * @param verbose whether a stack trace is printed, unless the command line or the configuration is wrong
     * @param interrupted whether the process is ending, which has its own message
     */
    static int report(
            Exception thrown, boolean json, boolean verbose, boolean interrupted, PrintWriter out, PrintWriter err) {
        Exception failure = interrupted && thrown instanceof IllegalStateException
                ? new PullCancelledException("the puller is closed, because the process ends")
                : thrown;
        int exitCode = report(failure, json, out, interrupted ? new PrintWriter(Writer.nullWriter()) : err);
        if (verbose && !interrupted && !isUserError(exitCode)) {
            failure.printStackTrace(err);
        }
        err.flush();
        return exitCode;
    }

    /** Prints a failure that is a part of a result, with its attempts and remedies. */
    static void explain(PullException failure, String message, PrintWriter err) {
        explain(message, failure.attempts(), failure.remedies(), err);
    }

    private static void explain(String message, List<Attempt> attempts, List<Remedy> remedies, PrintWriter err) {
        ("jpull: " + message).lines().forEach(err::println);
        attempts.forEach(attempt -> err.println("  " + attempt));
        remedies.forEach(remedy -> RemedyText.of(remedy).ifPresent(text -> err.println("  remedy: " + text)));
    }

    /** The message has all that is to be corrected. */
    private static boolean isUserError(int exitCode) {
        return exitCode == ExitCode.of(FailureKind.USAGE) || exitCode == ExitCode.of(FailureKind.CONFIGURATION);
    }

    private static int report(Exception failure, boolean json, PrintWriter out, PrintWriter err) {
        String problem = FileNames.problem(failure);
        String message = problem != null
                ? problem
                : failure instanceof PullException ? String.valueOf(failure.getMessage()) : failure.toString();
        List<Attempt> attempts = failure instanceof PullException pull ? pull.attempts() : List.of();
        List<Remedy> remedies = failure instanceof PullException pull ? pull.remedies() : List.of();
        String kind = failure instanceof PullException pull
                ? pull.kind().label()
                : problem != null ? FailureKind.USAGE.label() : "internal";
        if (json) {
            out.println(ResultJson.error(kind, message, attempts, remedies));
            out.flush();
        }
        explain(message, attempts, remedies, err);
        if (failure instanceof PullException pull && pull.kind() != FailureKind.INTERNAL) {
            return ExitCode.of(pull.kind());
        }
        if (problem != null) {
            return ExitCode.USAGE;
        }
        err.println(
                "This is a bug in jpull. Please report it with the command, and with what \"-v\" adds to this message.");
        return ExitCode.UNEXPECTED;
    }
}
