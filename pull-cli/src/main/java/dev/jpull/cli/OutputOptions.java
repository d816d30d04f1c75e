// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import picocli.CommandLine.Option;

/** The options for the output of a command. */
public final class OutputOptions {
    /** The format of results. */
    enum Format {
        TEXT,
        JSON
    }

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Format of the result on standard output (default: text).")
    private Format format = Format.TEXT;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print the configuration that is used, and the stack trace of a failure.")
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
