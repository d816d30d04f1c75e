// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.cli.progress.HarmlessWriter;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Reads the options of each command by picocli; apart from {@link Main}, so that the classes of picocli are loaded only here. */
final class AllOptions {
    private AllOptions() {}

    /** Runs the command of the arguments; returns its exit code. */
    static int run(PullCommand pull, PrintWriter out, PrintWriter err, String... args) {
        CommandLine command = command(pull, args);
        command.setOut(new HarmlessWriter(out, false));
        command.setErr(new HarmlessWriter(err, true));
        command.setExecutionStrategy(parsed -> {
            if (isHelpRequested(parsed)) {
                command.setOut(out); // the help is our own, and may be in colours
            }
            return new CheckedExecution().execute(parsed);
        });
        try {
            return command.execute(OptionPlacement.arrange(command, args));
        } catch (ParameterException e) {
            return new UsageErrors().handleParseException(e, args);
        }
    }

    private static boolean isHelpRequested(CommandLine.ParseResult parsed) {
        return parsed.isUsageHelpRequested() || parsed.hasSubcommand() && isHelpRequested(parsed.subcommand());
    }

    /** The command, with the subcommands that these arguments may need. */
    static CommandLine command(PullCommand pull, String... args) {
        CommandLine command = new CommandLine(pull);
        Subcommands.addTo(command, args);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setExpandAtFiles(false); // options come from the command line alone
        command.setAllowSubcommandsAsOptionParameters(true); // a directory may be called "store"
        command.setExecutionStrategy(new CheckedExecution());
        command.setUsageHelpAutoWidth(false);
        command.setUsageHelpWidth(110);
        command.setParameterExceptionHandler(new UsageErrors());
        command.setExecutionExceptionHandler(new FailureReport());
        return command;
    }
}
