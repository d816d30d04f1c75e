// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import dev.jpull.cli.progress.HarmlessWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The entry point of the command. */
public final class Main {
    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        Interruption interruption = new Interruption();
        Thread hook = interruption.install(err);
        int exitCode;
        try {
            exitCode = deliver(interruption, new ResultStream(new FileOutputStream(FileDescriptor.out)), err, args);
            err.flush();
        } finally {
            interruption.uninstall(hook);
        }
        System.exit(exitCode);
    }

    /** Runs the command; a result that cannot be written to standard output is a failure. */
    static int deliver(Interruption interruption, ResultStream results, PrintWriter err, String... args) {
        PrintWriter out = new PrintWriter(new OutputStreamWriter(results, StandardCharsets.UTF_8), false);
        int exitCode = run(interruption, out, err, args);
        out.flush();
        IOException failure = results.failure();
        if (failure == null) {
            return exitCode;
        }
        err.println("jpull: standard output cannot be written, so that the result is incomplete: "
                + PrintableText.line(String.valueOf(failure.getMessage())));
        if (exitCode != 0) {
            return exitCode;
        }
        return results.isClosedPipe() ? ExitCode.CLOSED_PIPE : ExitCode.OUTPUT;
    }

    /** Runs the command, in a process that goes on; returns its exit code. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(new Interruption(), out, err, args);
    }

    private static int run(Interruption interruption, PrintWriter out, PrintWriter err, String... args) {
        String problem = FileNames.problem(args);
        if (problem == null) {
            problem = CommandTls.problem(System.getenv(CommandTls.VARIABLE));
        }
        if (problem == null) {
            problem = ClassArchiveSetting.problem(System.getenv(ClassArchiveSetting.VARIABLE));
        }
        if (problem != null) {
            return UsageErrors.report(problem, out, err, args);
        }
        WarmUp warmUp = WarmUp.take(args);
        PullCommand ordinary = OrdinaryPull.read(warmUp, interruption, args);
        if (ordinary != null) {
            return ordinary.execute(new HarmlessWriter(out, false), new HarmlessWriter(err, true));
        }
        return AllOptions.run(new PullCommand(warmUp, interruption), out, err, args);
    }

    /** The command, with the subcommands that these arguments may need. */
    public static CommandLine command(String... args) {
        return AllOptions.command(new PullCommand(WarmUp.NONE, new Interruption()), args);
    }
}
