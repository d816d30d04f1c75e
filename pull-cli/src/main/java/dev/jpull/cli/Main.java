// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine;

/** Where the command starts. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs the command. */
    static int run(String... args) {
        CommandLine command = new CommandLine(new PullCommand());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setUsageHelpAutoWidth(false);
        command.setUsageHelpWidth(110);
        command.setParameterExceptionHandler(new UsageErrors());
        command.setExecutionExceptionHandler(new FailureReport());
        return command.execute(args);
    }
}
