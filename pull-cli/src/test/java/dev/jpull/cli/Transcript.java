// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.cli.InProcess.Run;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Commands with their exit codes and output, one after the other. What differs from run to run is replaced: directories,
 * ports, durations, digests.
 */
final class Transcript {
    private final StringBuilder text = new StringBuilder();
    private final Map<String, String> names = new LinkedHashMap<>();

    /** Shows a name in place of a value, from now on; longer values first. */
    Transcript replace(String value, String name) {
        names.put(value, name);
        return this;
    }

    /** A line that says what the next commands are about. */
    void section(String title) {
        text.append("== ").append(title).append(" ==\n\n");
    }

    /** Contents of a file, before the command that reads it. */
    void file(String name, String content) {
        text.append(name).append('\n');
        content.lines().forEach(line -> text.append("    ").append(line).append('\n'));
    }

    /** Runs the command; options of no interest can be hidden. */
    Run run(String[] hidden, String... args) {
        String[] all = Arrays.copyOf(hidden, hidden.length + args.length);
        System.arraycopy(args, 0, all, hidden.length, args.length);
        Run run = InProcess.run(all);
        text.append("$ jpull");
        for (String arg : args) {
            text.append(' ').append(arg.isEmpty() || arg.contains(" ") ? '"' + arg + '"' : arg);
        }
        text.append('\n');
        append("", run.out());
        append("! ", run.err());
        text.append("exit ").append(run.exitCode()).append("\n\n");
        return run;
    }

    Run run(String... args) {
        return run(new String[0], args);
    }

    private void append(String mark, String output) {
        output.lines()
                .forEach(line -> text.append(mark).append(line.stripTrailing()).append('\n'));
    }

    @Override
    public String toString() {
        String normal = text.toString();
        for (Map.Entry<String, String> name : names.entrySet()) {
            normal = normal.replace(name.getKey(), name.getValue());
        }
        return normal.replaceAll("sha256:[0-9a-f]{64}", "sha256:DIGEST")
                .replaceAll("\\b[0-9a-f]{12}\\b", "DIGEST")
                .replaceAll("\\b[0-9a-f]{64}\\b", "DIGEST")
                .replaceAll("\\(\\d+ ms\\)", "(N ms)")
                .replaceAll("(?m)^(  [a-z]+ +[a-z]+) +\\d+ ms", "$1 N ms")
                .replaceAll("\\d+\\.\\d s\\b", "N s")
                .replaceAll("\"millis\":\\d+", "\"millis\":N")
                .replaceAll("127\\.0\\.0\\.1:\\d{4,5}", "127.0.0.1:PORT");
    }
}
