// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.testdata.Vector;
import dev.jpull.testdata.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of deliberate differences from containerd. */
final class Deviations {
    private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z]*Test\\.[a-z][A-Za-z]*");

    private final List<Deviation> table;
    private final Set<Deviation> used = new HashSet<>();

    private Deviations(List<Deviation> table) {
        this.table = table;
    }

    static Deviations load() throws IOException {
        try (InputStream in = Vectors.class.getResourceAsStream("deviations.json")) {
            List<Deviation> table = new ArrayList<>();
            for (JsonNode row : new JsonMapper().readTree(in)) {
                table.add(new Deviation(
                        row.get("quirk").stringValue(),
                        Outcome.texts(row.get("areas")),
                        optional(row, "applies"),
                        row.get("expect"),
                        row.get("reason").stringValue(),
                        optional(row, "withoutCase")));
            }
            return new Deviations(table);
        }
    }

    private static @Nullable String optional(JsonNode row, String field) {
        return row.get(field) == null ? null : row.get(field).stringValue();
    }

    /** The row for the quirk that the case is marked with, or null. */
    @Nullable
    Deviation marked(Vector vector) {
        return table.stream()
                .filter(row -> row.quirk().equals(vector.quirk()) && row.areas().contains(vector.area()))
                .findFirst()
                .orElse(null);
    }

    /** The rows that apply to a case by a condition. */
    List<Deviation> applying(Vector vector, Outcome outcome) {
        return table.stream()
                .filter(row -> row.applies() != null && row.areas().contains(vector.area()))
                .filter(row -> Rules.applies(String.valueOf(row.applies()), vector, outcome))
                .toList();
    }

    /** Why no case of an area is run; empty when the table has no word about it. */
    String whyLeftOut(String area) {
        return table.stream()
                .filter(row -> row.isOutOfScope()
                        && "always".equals(row.applies())
                        && row.areas().contains(area))
                .findFirst()
                .map(row -> {
                    use(row);
                    return "left out: " + row.reason();
                })
                .orElse("");
    }

    /** Whether the outcome is what the row says. */
    boolean check(Deviation row, Vector vector, Outcome outcome) {
        boolean holds = row.isOutOfScope()
                || (row.expectsError() ? outcome.failed() : Rules.holds(row.rule(), vector, outcome));
        if (holds) {
            use(row);
        }
        return holds;
    }

    /** Notes that a case shows what the row says. */
    void use(Deviation row) {
        used.add(row);
    }

    /** The rows that say why no case shows them. */
    List<String> withoutCase() {
        return table.stream()
                .filter(row -> row.withoutCase() != null)
                .map(Deviation::quirk)
                .toList();
    }

    /** The tests, by class and method, that show a row instead of a case. */
    Set<String> otherTests() {
        return table.stream()
                .map(row -> TEST.matcher(String.valueOf(row.withoutCase())))
                .flatMap(Matcher::results)
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    /** The rows that no case has shown so far. */
    List<String> unused() {
        return table.stream()
                .filter(row -> !used.contains(row))
                .map(Deviation::quirk)
                .toList();
    }
}
