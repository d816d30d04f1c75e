// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsCheck;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0 (OASIS), for code scanning.
 *
 * @param places how the files are named
 * @param version the version of jpull
 */
record SarifReport(FindingPlaces places, String version) {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

    /** The base of relative files: the directory in which jpull runs. */
    private static final String BASE = "%SRCROOT%";

    /** The report as JSON text. */
    String of(List<Finding> findings) {
        Map<String, FindingRule> known = FindingRule.all();
        List<String> codes =
                findings.stream().map(Finding::code).distinct().sorted().toList();
        Map<String, Object> driver = new LinkedHashMap<>();
        driver.put("name", "jpull");
        driver.put("version", version);
        driver.put("rules", codes.stream().map(code -> rule(code, known)).toList());
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("tool", Map.of("driver", driver));
        run.put("invocations", List.of(Map.of("executionSuccessful", isComplete(findings))));
        run.put("columnKind", "unicodeCodePoints");
        run.put(
                "results",
                findings.stream()
                        .map(finding -> result(finding, codes.indexOf(finding.code())))
                        .toList());
        Map<String, Object> log = new LinkedHashMap<>();
        log.put("$schema", SCHEMA);
        log.put("version", "2.1.0");
        log.put("runs", List.of(run));
        return MAPPER.writeValueAsString(log);
    }

    private static boolean isComplete(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.code().equals(HostsCheck.NOT_CHECKED));
    }

    private static Object rule(String code, Map<String, FindingRule> known) {
        FindingRule rule = known.getOrDefault(code, new FindingRule(code, code, "", ""));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", code);
        json.put("shortDescription", Map.of("text", rule.found()));
        if (!rule.behaviour().isEmpty()) {
            json.put(
                    "help",
                    Map.of(
                            "text",
                            "The program that reads it: " + rule.behaviour() + ". Remedy: " + rule.remedy() + "."));
        }
        return json;
    }

    private Object result(Finding finding, int rule) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ruleId", finding.code());
        json.put("ruleIndex", rule);
        json.put("level", level(finding));
        json.put("message", Map.of("text", String.join(". ", sentences(finding)) + "."));
        String uri = places.uriOf(finding);
        if (uri != null) {
            Map<String, Object> artifact = new LinkedHashMap<>();
            artifact.put("uri", uri);
            if (places.isRelative(finding)) {
                artifact.put("uriBaseId", BASE);
            }
            Map<String, Object> physical = new LinkedHashMap<>();
            physical.put("artifactLocation", artifact);
            SourcePosition position = finding.position();
            if (position.line() > 0) {
                physical.put(
                        "region",
                        position.column() > 0
                                ? Map.of("startLine", position.line(), "startColumn", position.column())
                                : Map.of("startLine", position.line()));
            }
            json.put("locations", List.of(Map.of("physicalLocation", physical)));
        }
        return json;
    }

    /** What is found, what the runtime does with it, and the remedy. */
    static List<String> sentences(Finding finding) {
        String behaviour = finding.behaviour();
        return Stream.of(
                        finding.message(),
                        behaviour.isEmpty() ? "" : finding.runtime().label() + " " + behaviour,
                        finding.remedy().isEmpty() ? "" : "Remedy: " + RemedyText.of(finding))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String level(Finding finding) {
        return switch (finding.severity()) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case INFO -> "note";
        };
    }
}
