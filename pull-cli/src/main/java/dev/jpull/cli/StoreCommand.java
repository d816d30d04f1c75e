// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jpull store …}: what is in the local store. */
@Command(
        name = "store",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            StoreListCommand.class,
            StoreInspectCommand.class,
            StoreVerifyCommand.class,
            StorePruneCommand.class,
            StoreRemoveCommand.class
        },
        description = "Lists, inspects, verifies and cleans the local store.")
public final class StoreCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private HelpOption help = new HelpOption();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "no command given: write ls, inspect IMAGE, verify, prune or rm IMAGE");
    }
}
