// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jpull snapshots …}: unpacked layers in the local store. */
@Command(
        name = "snapshots",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {SnapshotsListCommand.class, SnapshotsMountCommand.class, SnapshotsRemoveCommand.class},
        description = "Lists, mounts and removes the snapshots that jpull --snapshotter has made.")
public final class SnapshotsCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private HelpOption help = new HelpOption();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "no command given: write ls, mount IMAGE DIR or rm CHAINID");
    }
}
