// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the options, in one sentence instead of the whole help. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (Arrays.asList(args).contains("--format=json") || hasJsonFormat(List.of(args))) {
            command.getOut().println(ResultJson.error("usage", String.valueOf(e.getMessage()), List.of()));
            command.getOut().flush();
        }
        err.println("jpull: " + e.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("Try \"" + command.getCommandSpec().qualifiedName() + " --help\".");
        }
        err.flush();
        return ExitCode.USAGE;
    }

    private static boolean hasJsonFormat(List<String> args) {
        int at = args.indexOf("--format");
        return at >= 0 && at + 1 < args.size() && args.get(at + 1).equalsIgnoreCase("json");
    }
}
