// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jpull hosts …}: the registry host configuration. */
@Command(
        name = "hosts",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ExplainCommand.class,
            CheckCommand.class,
            ProbeCommand.class,
            ConvertCommand.class,
            DiffCommand.class
        },
        description = "Explains, checks, probes, converts and compares the registry host configuration.")
public final class HostsCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private HelpOption help = new HelpOption();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "no command given: write explain IMAGE, check [DIR|FILE], probe IMAGE, convert SOURCE TARGET or diff OLD NEW");
    }
}
