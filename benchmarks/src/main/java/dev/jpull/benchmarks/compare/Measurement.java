// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /**
     * Runs a command of the shell by GNU time.
     *
     * @param inside the words that come before, for a command in a namespace; what they take does not count
     * @throws IOException if it fails, with what it printed, or takes longer than four minutes
     */
    static Measurement of(Workplace workplace, List<String> inside, String command)
            throws IOException, InterruptedException {
        Path figures = workplace.directory().resolve("figures");
        List<String> words = new ArrayList<>(inside);
        words.addAll(List.of("time", "-f", "%e %U %S %M", "-o", figures.toString(), "sh", "-c", command));
        workplace.run(LIMIT, words);
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
