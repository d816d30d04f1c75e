// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine.Option;

/** The option {@code --help} of a command without {@link OutputOptions}. */
public final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;
}
