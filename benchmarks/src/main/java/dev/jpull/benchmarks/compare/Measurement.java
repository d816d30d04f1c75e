// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of a command took.
 *
 * @param wall seconds from start to end
 * @param cpu seconds of processor time of the command, summed over the processors, in user and system mode
 * @param rss largest resident memory, megabytes
 */
record Measurement(double wall, double cpu, double rss) {
    /**
     * Runs a command by GNU time.
     *
     * @throws IOException if it fails, with what it printed
     */
    static Measurement of(String command, Path scratch) throws IOException, InterruptedException {
        Path figures = scratch.resolve("figures");
        Path output = scratch.resolve("output");
        int exitCode = new ProcessBuilder("time", "-f", "%e %U %S %M", "-o", figures.toString(), "sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException(command + " ended with " + exitCode + ":\n" + Files.readString(output));
        }
        String[] parts = Files.readString(figures).strip().split(" ");
        return new Measurement(
                Double.parseDouble(parts[0]),
                Double.parseDouble(parts[1]) + Double.parseDouble(parts[2]),
                Double.parseDouble(parts[3]) / 1000);
    }

    /** The medians of several runs, each for itself. */
    static Measurement median(List<Measurement> runs) {
        return new Measurement(
                median(runs, Measurement::wall), median(runs, Measurement::cpu), median(runs, Measurement::rss));
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
