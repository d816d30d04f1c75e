// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for the output of a command. */
public final class OutputOptions {
    /** The format of results. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec; // null when {@link OrdinaryPull} has read the options

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
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    /** Whether the result of a command is JSON; false for a command without these options. */
    static boolean isJson(CommandSpec command) {
        OptionSpec format = command.findOption("--format");
        OptionSpec flag = command.findOption("--json"); // where --format is the form of an archive
        return format != null && "json".equalsIgnoreCase(String.valueOf(format.<Object>getValue()))
                || flag != null && Boolean.TRUE.equals(flag.getValue());
    }

    /** Whether a command prints stack traces; false for a command without these options. */
    static boolean isVerbose(CommandSpec command) {
        OptionSpec option = command.findOption("--verbose");
        return option != null && Boolean.TRUE.equals(option.getValue());
    }

    /** Sets an option without a value, for {@link OrdinaryPull}; false for any other. */
    boolean setFlag(String name) {
        if (name.equals("--verbose")) {
            verbose = true;
            return true;
        }
        return false;
    }

    /** Sets an option with a value, for {@link OrdinaryPull}; false for any other, or a value that is wrong. */
    boolean setValue(String name, String value) {
        boolean json = value.equals("json");
        if (name.equals("--format") && (json || value.equals("text"))) {
            format = json ? Format.JSON : Format.TEXT;
            return true;
        }
        return false;
    }

    boolean isJson() {
        return format == Format.JSON;
    }

    boolean isVerbose() {
        return verbose;
    }

    /** Standard output. */
    PrintWriter out() {
        return commandLine().getOut();
    }

    /** Standard error. */
    PrintWriter err() {
        return commandLine().getErr();
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "only picocli sets this").commandLine();
    }

    /** Prints the result in the format of the options. */
    void print(Supplier<String> json, Consumer<PrintWriter> text) {
        PrintWriter out = out();
        if (isJson()) {
            out.println(json.get());
        } else {
            text.accept(out);
        }
        out.flush();
    }
}
