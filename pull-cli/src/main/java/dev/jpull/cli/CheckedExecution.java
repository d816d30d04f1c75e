// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Runs a command whose options say something, and nothing that contradicts itself: none of them is ignored. */
final class CheckedExecution implements IExecutionStrategy {
    /** Options that exclude each other, wherever both are known, and why. */
    private static final List<List<String>> EXCLUSIVE = List.of(
            List.of("--platform", "--all-platforms", "the second asks for every platform"),
            List.of("--all-metadata", "--skip-metadata", "the second leaves out what the first asks for"),
            List.of("--config", "--hosts-dir", "the file names its directories itself"),
            List.of("--user", "--refresh", "a registry gets a password or an identity token"),
            List.of("--password-stdin", "--password-file", "there is one password"),
            List.of("--offline", "--label", "the store is not written to"));

    @Override
    public int execute(ParseResult parsed) throws ExecutionException {
        for (ParseResult each = parsed; each != null; each = each.hasSubcommand() ? each.subcommand() : null) {
            CommandLine command = each.commandSpec().commandLine();
            for (OptionSpec option : each.matchedOptions()) {
                refuseBlank(command, option, option.longestName() + " " + option.paramLabel());
            }
            for (PositionalParamSpec positional : each.matchedPositionals()) {
                refuseBlank(command, positional, positional.paramLabel());
            }
            refuseContradictions(command, each);
        }
        return new RunLast().execute(parsed);
    }

    private static void refuseBlank(CommandLine command, ArgSpec argument, String shown) {
        for (String value : argument.originalStringValues()) {
            if (value.isBlank() && argument.arity().max() > 0) {
                throw new ParameterException(
                        command, "an empty value was given: write " + shown + " with a value, or leave it out");
            }
        }
    }

    private static void refuseContradictions(CommandLine command, ParseResult parsed) {
        for (List<String> pair : EXCLUSIVE) {
            if (parsed.hasMatchedOption(pair.get(0)) && parsed.hasMatchedOption(pair.get(1))) {
                throw new ParameterException(
                        command, pair.get(0) + " and " + pair.get(1) + " exclude each other: " + pair.get(2));
            }
        }
    }
}
