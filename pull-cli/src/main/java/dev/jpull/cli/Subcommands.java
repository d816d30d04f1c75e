// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.cli.demo.DemoCommand;
import java.util.Arrays;
import java.util.Set;
import picocli.CommandLine;

/**
 * The commands beside pulling. Picocli reads the annotations of every command that it is told of, which takes longer than
 * many a pull: it is told of these only when one of them may be meant, or help is asked for.
 */
final class Subcommands {
    private static final Set<String> NAMES = Set.of("resolve", "hosts", "store", "demo");
    private static final Set<String> HELP = Set.of("-h", "--help");

    private Subcommands() {}

    static void addTo(CommandLine command, String... args) {
        if (Arrays.stream(args).anyMatch(arg -> NAMES.contains(arg) || HELP.contains(arg))) {
            command.addSubcommand(new ResolveCommand())
                    .addSubcommand(new HostsCommand())
                    .addSubcommand(new StoreCommand())
                    .addSubcommand(new DemoCommand());
        }
    }
}
