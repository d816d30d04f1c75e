// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints what is wrong with the options in one sentence, instead of the whole help. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        ParameterException shown = cause(e);
        int exitCode = report(String.valueOf(shown.getMessage()), command.getOut(), err, args);
        if (!UnmatchedArgumentException.printSuggestions(shown, err)) {
            err.println("Try \"" + command.getCommandSpec().qualifiedName() + " --help\".");
        }
        err.flush();
        return exitCode;
    }

    /** An option that does not exist comes before what is missing: it may stand in the place of that. */
    private static ParameterException cause(ParameterException e) {
        List<String> unknown = e.getCommandLine().getUnmatchedArguments().stream()
                .filter(argument -> argument.startsWith("-"))
                .toList();
        return e instanceof MissingParameterException && !unknown.isEmpty()
                ? new UnmatchedArgumentException(e.getCommandLine(), unknown)
                : e;
    }

    /** Prints what is wrong, in the format that the arguments select. */
    static int report(String message, PrintWriter out, PrintWriter err, String... args) {
        if (Arrays.stream(args).anyMatch("--format=json"::equalsIgnoreCase)
                || List.of(args).contains("--json")
                || hasJsonFormat(List.of(args))) {
            out.println(ResultJson.error("usage", message, List.of(), List.of()));
            out.flush();
        }
        err.println("jpull: " + message);
        err.flush();
        return ExitCode.USAGE;
    }

    private static boolean hasJsonFormat(List<String> args) {
        int at = args.indexOf("--format");
        return at >= 0 && at + 1 < args.size() && args.get(at + 1).equalsIgnoreCase("json");
    }
}
