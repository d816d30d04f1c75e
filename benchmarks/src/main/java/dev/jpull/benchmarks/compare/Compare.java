// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the comparison and prints it as a table: medians of runs in turns, so that what else the machine does meets all alike.
 * Arguments: the launcher of jpull, the directory {@code benchmarks}, how often each command is run, and words that choose
 * scenarios. The environment variable JPULL_BEFORE names the launcher of an earlier build: that build takes the place of the
 * other pullers, so that one run says what a change costs.
 */
public final class Compare {
    private Compare() {}

    /** Runs the comparison. The exit code is 1 when a run of jpull failed. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path launcher = Path.of(args[0]).toRealPath();
        Path benchmarks = Path.of(args[1]).toRealPath();
        int rounds = Integer.parseInt(args[2]);
        List<String> words = List.of(args).subList(3, args.length);
        Optional<Path> before =
                Optional.ofNullable(System.getenv("JPULL_BEFORE")).map(Path::of);
        Peers peers = new Peers(launcher, before, benchmarks.resolve("peers"));

        List<String> leftOut = new ArrayList<>();
        if (before.isEmpty()) {
            peers.missing().forEach(name -> leftOut.add(name + ", which is not installed or needs root"));
        }
        List<Scenario> scenarios = new ArrayList<>();
        for (Scenario scenario : Scenario.all()) {
            if (words.isEmpty() || words.stream().anyMatch(scenario.toString()::contains)) {
                Ways.missing(scenario.way())
                        .ifPresentOrElse(
                                reason -> leftOut.add("\"" + scenario + "\", because " + reason),
                                () -> scenarios.add(scenario));
            }
        }

        if (scenarios.isEmpty()) {
            System.err.println(
                    "No scenario has one of these words and can run here. " + leftOut + " All: " + Scenario.all());
            System.exit(2);
        }

        Map<Scenario, Map<String, Runs>> results = run(scenarios, peers, benchmarks, rounds);
        System.out.println(Report.table(results, Peers.JPULL));
        System.out.println(Goal.table(results));
        leftOut.forEach(what -> System.out.println("Left out: " + what));
        if (words.isEmpty() && before.isEmpty() && leftOut.isEmpty()) { // a part would take the place of the whole
            Files.writeString(benchmarks.resolve("compare.svg"), Report.plot(results));
        }
        boolean failed = results.values().stream()
                .anyMatch(commands -> !commands.get(Peers.JPULL).error().isEmpty());
        System.exit(failed ? 1 : 0);
    }

    private static Map<Scenario, Map<String, Runs>> run(
            List<Scenario> scenarios, Peers peers, Path benchmarks, int rounds)
            throws IOException, InterruptedException {
        Map<Scenario, Map<String, Runs>> results = new LinkedHashMap<>();
        Map<Image, ServedImage> images = new EnumMap<>(Image.class);
        try (Workplace workplace = new Workplace()) {
            Ways ways = new Ways(workplace, benchmarks.resolve("src/main/c/link.c"));
            Rounds turns = new Rounds(workplace, ways, rounds);
            for (Scenario scenario : scenarios) {
                Image image = scenario.image();
                ServedImage served = images.get(image);
                if (served == null) {
                    served = ServedImage.write(Server.files(workplace), image.toString(), image.layers());
                    images.put(image, served);
                }
                System.err.println(scenario);
                results.put(scenario, turns.run(scenario, served, peers.of(scenario, served)));
            }
        }
        return results;
    }
}
