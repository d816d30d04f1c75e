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

/** Runs a command after its options are checked for empty values and contradictions, so that none is ignored. */
final class CheckedExecution implements IExecutionStrategy {
    /** Pairs of options that exclude each other, in every command that has both, with the reason. */
    private static final List<List<String>> EXCLUSIVE = List.of(
            List.of("--platform", "--all-platforms", "the second selects every platform"),
            List.of("--all-metadata", "--skip-metadata", "the second skips what the first requests"),
            List.of("--config", "--hosts-dir", "the file names its own directories"),
            List.of("--user", "--refresh", "a registry gets either a password or an identity token"),
            List.of("--password-stdin", "--password-file", "only one password is read"),
            List.of("--update-lock", "--locked", "the first changes the file that the second enforces"),
            List.of("--update-lock", "--max-age", "the first asks for every tag"),
            List.of("--update-lock", "--offline", "tags are asked for"),
            List.of("--update-lock", "--export", "the archive would lack what failed: update first, and export then"),
            List.of(
                    "--update-lock",
                    "--fail-on-fallback",
                    "images are pulled at the same time: pull them with --locked then"),
            List.of("--dry-run", "--lock", "a plan is made of what tags stand for now"),
            List.of("--dry-run", "--locked", "a plan is made of what tags stand for now"),
            List.of("--dry-run", "--max-age", "a plan is made of what tags stand for now"),
            List.of("--offline", "--label", "--offline does not write to the store"),
            List.of("--offline", "--snapshotter", "--offline does not write to the store"));

    @Override
    public int execute(ParseResult parsed) throws ExecutionException {
        check(parsed);
        return new RunLast().execute(parsed);
    }

    /**
     * Checks what was given.
     *
     * @throws ParameterException if a value is empty, or two options exclude each other
     */
    static void check(ParseResult parsed) {
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
    }

    private static void refuseBlank(CommandLine command, ArgSpec argument, String shown) {
        for (String value : argument.originalStringValues()) {
            if (value.isBlank() && argument.arity().max() > 0) {
                throw new ParameterException(command, "empty value: write " + shown + " with a value, or omit it");
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
