// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Where the command starts. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), false);
        PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        int exitCode = run(out, err, args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }

    /** Runs the command, in a process that goes on; returns its exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine command = command(args);
        command.setOut(out);
        command.setErr(err);
        return command.execute(args);
    }

    /** The command with what these arguments may need of it. */
    public static CommandLine command(String... args) {
        CommandLine command = new CommandLine(new PullCommand(HeadStart.take(args)));
        Subcommands.addTo(command, args);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setUsageHelpAutoWidth(false);
        command.setUsageHelpWidth(110);
        command.setParameterExceptionHandler(new UsageErrors());
        command.setExecutionExceptionHandler(new FailureReport());
        return command;
    }
}
