// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results in human-readable form. */
final class Report {
    private static final int WIDTH = 860;
    private static final int BAR = 12;
    private static final int THIN = 4;
    private static final int LEFT = 150;
    private static final int RIGHT = 200;

    private Report() {}

    /**
     * A table in Markdown.
     *
     * @param results by scenario and command
     * @param jpull the command that the others are compared with: ratios are what it needs for one of the other
     */
    static String table(Map<?, Map<String, Runs>> results, String jpull) {
        StringBuilder table = new StringBuilder();
        table.append("| scenario | command | wall s | CPU s | RSS MB | jpull's wall | jpull's CPU |\n");
        table.append("|---|---|---:|---:|---:|---:|---:|\n");
        results.forEach((scenario, commands) -> {
            Runs own = commands.get(jpull);
            commands.forEach((name, runs) -> {
                String named = name.equals(jpull) ? scenario.toString() : "";
                table.append("| ")
                        .append(named)
                        .append(" | ")
                        .append(name)
                        .append(' ')
                        .append(note(runs));
                table.append(runs.median()
                        .map(median -> figures(median, runs == own ? Optional.empty() : own.median()))
                        .orElse("| – | – | – | | |"));
                table.append('\n');
            });
        });
        return table.toString();
    }

    private static String figures(Measurement median, Optional<Measurement> own) {
        return String.format(
                Locale.ROOT,
                "| %.2f | %.2f | %.0f | %s | %s |",
                median.wall(),
                median.cpu(),
                median.rss(),
                own.map(jpull -> ratio(jpull.wall(), median.wall())).orElse(""),
                own.map(jpull -> ratio(jpull.cpu(), median.cpu())).orElse(""));
    }

    private static String note(Runs runs) {
        String note = Stream.of(runs.refusals(), runs.error().isEmpty() ? "" : "failed: " + runs.error())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
        return note.isEmpty() ? "" : "(" + note + ") ";
    }

    private static String ratio(double own, double other) {
        return other == 0 ? "–" : String.format(Locale.ROOT, "%.2fx", own / other);
    }

    /** A bar of wall time with a thin one of processor time below it, each scenario to its own scale. */
    static String plot(Map<Scenario, Map<String, Runs>> results) {
        StringBuilder bars = new StringBuilder();
        int y = 10;
        for (Map.Entry<Scenario, Map<String, Runs>> result : results.entrySet()) {
            y += 2 * BAR;
            text(bars, 10, y, "font-weight=\"bold\"", result.getKey().toString());
            Map<String, Measurement> medians = new LinkedHashMap<>();
            result.getValue().forEach((name, runs) -> runs.median().ifPresent(median -> medians.put(name, median)));
            double longest = medians.values().stream()
                    .mapToDouble(median -> Math.max(median.wall(), median.cpu()))
                    .max()
                    .orElse(1);
            for (Map.Entry<String, Measurement> peer : medians.entrySet()) {
                Measurement median = peer.getValue();
                y += BAR + THIN + 4;
                double scale = (WIDTH - LEFT - RIGHT) / longest;
                boolean own = peer.getKey().startsWith(Peers.JPULL);
                text(bars, 10, y, "", peer.getKey());
                bar(bars, y - BAR + 3, BAR, scale * median.wall(), own ? "#d2691e" : "#8aa4bf");
                bar(bars, y + 3, THIN, scale * median.cpu(), own ? "#8b4513" : "#4a6785");
                text(
                        bars,
                        (int) (LEFT + scale * Math.max(median.wall(), median.cpu()) + 6),
                        y,
                        "",
                        String.format(
                                Locale.ROOT, "%.2f s, CPU %.2f s, %.0f MB", median.wall(), median.cpu(), median.rss()));
            }
        }
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n%s</svg>%n",
                WIDTH,
                y + 2 * BAR,
                bars);
    }

    private static void bar(StringBuilder out, int y, int height, double width, String colour) {
        out.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LEFT,
                y,
                width,
                height,
                colour));
    }

    private static void text(StringBuilder out, int x, int y, String attributes, String text) {
        out.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" %s>%s</text>%n", x, y, attributes, text));
    }
}
