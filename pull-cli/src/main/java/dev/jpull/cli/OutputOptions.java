// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine.Option;

/** What the command prints. */
public final class OutputOptions {
    /** The form of results. */
    enum Format {
        TEXT,
        JSON
    }

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Form of the result on standard output (default: text).")
    private Format format = Format.TEXT;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say which configuration is used, and show the stack of a failure.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    boolean isJson() {
        return format == Format.JSON;
    }

    boolean isVerbose() {
        return verbose;
    }

    boolean isHelp() {
        return help;
    }
}
