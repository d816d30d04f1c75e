// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.cli.demo.DemoCommand;
import java.util.Arrays;
import java.util.Set;
import picocli.CommandLine;

/**
 * The commands other than a pull. Picocli reads the annotations of every registered command, which takes longer than a small
 * pull: they are registered only when an argument names one, or requests help.
 */
final class Subcommands {
    private static final Set<String> NAMES = Set.of(
            "resolve",
            "tags",
            "referrers",
            "unpack",
            "sync",
            "export",
            "import",
            "hosts",
            "store",
            "snapshots",
            "demo");
    private static final Set<String> HELP = Set.of("-h", "--help");

    private Subcommands() {}

    /** Whether an argument is the name of a command, or requests help. */
    static boolean mayBeNamedBy(String arg) {
        return NAMES.contains(arg) || HELP.contains(arg);
    }

    static void addTo(CommandLine command, String... args) {
        if (Arrays.stream(args).anyMatch(Subcommands::mayBeNamedBy)) {
            command.addSubcommand(new ResolveCommand())
                    .addSubcommand(new TagsCommand())
                    .addSubcommand(new ReferrersCommand())
                    .addSubcommand(new UnpackCommand())
                    .addSubcommand(SyncCommand.commandLine())
                    .addSubcommand(new ExportCommand())
                    .addSubcommand(new ImportCommand())
                    .addSubcommand(new HostsCommand())
                    .addSubcommand(new StoreCommand())
                    .addSubcommand(new SnapshotsCommand())
                    .addSubcommand(new DemoCommand());
        }
    }
}
