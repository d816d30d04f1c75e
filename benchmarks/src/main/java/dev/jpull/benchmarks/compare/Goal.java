// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A value that jpull must not exceed, and one that it aims at.
 *
 * @param text what is measured, in words
 * @param unit the unit of must, aim and the measured value
 * @param must the largest value that is right
 * @param aim the largest value that is desired
 * @param measured finds the value in the results, which are by scenario and command; nothing when it was not measured
 */
record Goal(
        String text,
        String unit,
        double must,
        double aim,
        Function<Map<Scenario, Map<String, Runs>>, Optional<Double>> measured) {
    private static final String TIMES = "x";

    private static final Scenario MANY = new Scenario(Image.MANY, Way.LOOPBACK);
    private static final Scenario TYPICAL = new Scenario(Image.TYPICAL, Way.LOOPBACK);
    private static final Scenario BIG = new Scenario(Image.BIG, Way.LOOPBACK);

    /** The goals. Ratios are those of medians of one run. */
    static List<Goal> all() {
        return List.of(
                wall(new Scenario(Image.MANY, Way.LOSSY), Peers.CRANE, 1.0, 0.7),
                wall(new Scenario(Image.MANY, Way.NEAR), Peers.CRANE, 1.2, 0.9),
                wall(new Scenario(Image.MANY, Way.FAR), Peers.CRANE, 1.1, 0.8),
                wall(new Scenario(Image.TYPICAL, Way.NEAR), Peers.CRANE, 1.1, 0.9),
                wall(new Scenario(Image.TYPICAL, Way.FAR), Peers.CRANE, 1.0, 0.7),
                wall(new Scenario(Image.TYPICAL, Way.LIMITED), Peers.CRANE, 0.8, 0.6),
                seconds(new Scenario(Image.TYPICAL, Way.LOSSY), 5, 4),
                wall(new Scenario(Image.TYPICAL, Way.TLS), Peers.CRANE, 1.5, 1.0),
                wall(new Scenario(Image.MANY, Way.TLS), Peers.CRANE, 2.5, 1.5),
                seconds(new Scenario(Image.TINY, Way.TLS), 0.35, 0.25),
                wall(TYPICAL, Peers.CRANE_SYNC, 1.2, 1.0),
                wall(MANY, Peers.CRANE_SYNC, 2.2, 1.5),
                wall(BIG, Peers.CRANE_SYNC, 1.0, 0.8),
                cpu(TYPICAL, Peers.CRANE, 1.6, 1.3),
                cpu(MANY, Peers.CRANE, 3.0, 2.0),
                cpu(BIG, Peers.CRANE, 1.2, 1.0),
                wall(new Scenario(Image.BIG, Way.REGISTRY), Peers.CRANE, 1.3, 1.0),
                // It was 0.12x, with the noise of a few runs of three seconds.
                wall(new Scenario(Image.BIG, Way.LIMITED), Peers.CRANE, 0.13, 0.11),
                seconds(new Scenario(Image.TINY, Way.LOOPBACK), 0.22, 0.16),
                new Goal("largest memory of any of these", " MB", 130, 100, Goal::largestMemory),
                refused(new Scenario(Image.MANY, Way.THROTTLED_4), 5, 1),
                refused(new Scenario(Image.MANY, Way.THROTTLED_8), 5, 1));
    }

    private static Goal wall(Scenario scenario, String against, double must, double aim) {
        return ratio(scenario, "wall", against, must, aim, Measurement::wall);
    }

    private static Goal cpu(Scenario scenario, String against, double must, double aim) {
        return ratio(scenario, "CPU", against, must, aim, Measurement::cpu);
    }

    private static Goal ratio(
            Scenario scenario,
            String name,
            String against,
            double must,
            double aim,
            Function<Measurement, Double> figure) {
        return new Goal(scenario + ": " + name + " against \"" + against + "\"", TIMES, must, aim, results -> {
            Optional<Double> other = median(results, scenario, against).map(figure);
            return median(results, scenario, Peers.JPULL).flatMap(own -> other.map(value -> figure.apply(own) / value));
        });
    }

    private static Goal seconds(Scenario scenario, double must, double aim) {
        return new Goal(
                scenario + ": wall",
                " s",
                must,
                aim,
                results -> median(results, scenario, Peers.JPULL).map(Measurement::wall));
    }

    private static Goal refused(Scenario scenario, double must, double aim) {
        return new Goal(
                scenario + ": requests refused",
                " %",
                must,
                aim,
                results -> runs(results, scenario, Peers.JPULL).flatMap(Runs::refusedPercent));
    }

    private static Optional<Double> largestMemory(Map<Scenario, Map<String, Runs>> results) {
        return results.values().stream()
                .map(commands -> commands.get(Peers.JPULL))
                .flatMap(runs -> runs == null ? Stream.empty() : runs.median().stream())
                .map(Measurement::rss)
                .max(Comparator.naturalOrder());
    }

    private static Optional<Measurement> median(
            Map<Scenario, Map<String, Runs>> results, Scenario scenario, String command) {
        return runs(results, scenario, command).flatMap(Runs::median);
    }

    private static Optional<Runs> runs(Map<Scenario, Map<String, Runs>> results, Scenario scenario, String command) {
        return Optional.ofNullable(results.get(scenario)).map(commands -> commands.get(command));
    }

    /** The goals that were measured and what came of them, as a table in Markdown. */
    static String table(Map<Scenario, Map<String, Runs>> results) {
        StringBuilder table = new StringBuilder("| scenario | must | aim | measured | |\n|---|---:|---:|---:|---|\n");
        for (Goal goal : all()) {
            goal.measured()
                    .apply(results)
                    .ifPresent(value -> table.append(String.format(
                            Locale.ROOT,
                            "| %s | %s | %s | %s | %s |%n",
                            goal.text(),
                            goal.withUnit(goal.must()),
                            goal.withUnit(goal.aim()),
                            goal.withUnit(value),
                            goal.verdict(value))));
        }
        return table.toString();
    }

    /** Whether a value is good enough, in words. */
    String verdict(double value) {
        if (value <= aim) {
            return "aim met";
        }
        return value <= must ? "met" : "missed";
    }

    private String withUnit(double value) {
        String format = value >= 10 ? "%.0f%s" : "%.2f%s";
        return String.format(Locale.ROOT, format, value, unit);
    }
}
