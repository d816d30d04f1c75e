// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What readers made of archives, as a table in Markdown: a row for each reader, a column for each sample, reasons below. */
final class ReaderTable {
    private static final int SHORT = "sha256:".length() + 8;

    private final List<Sample> samples;
    private final Map<String, Map<String, String>> cells = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();

    ReaderTable(List<Sample> samples) {
        this.samples = samples;
    }

    /** The digests that a reader is to report. */
    static Map<String, String> expected(ArchiveReader reader, Sample sample) {
        Map<String, String> expected = new LinkedHashMap<>();
        sample.images()
                .forEach((name, digests) -> expected.put(name, reader.reports().of(digests)));
        return expected;
    }

    /** The cell of a reader that reported the expected digests. */
    static String taken(ArchiveReader reader, Sample sample) {
        return expected(reader, sample).values().stream()
                .distinct()
                .map(ReaderTable::code)
                .collect(Collectors.joining(", "));
    }

    void put(String reader, Sample sample, String cell) {
        cells.computeIfAbsent(reader, name -> new LinkedHashMap<>()).put(sample.title(), cell);
    }

    /** The cell of a reader that cannot take the sample: the number of the reason. */
    String refused(String reason) {
        if (!reasons.contains(reason)) {
            reasons.add(reason);
        }
        return "– (" + (reasons.indexOf(reason) + 1) + ")";
    }

    String markdown() {
        StringBuilder out = new StringBuilder("| | ")
                .append(samples.stream().map(Sample::title).collect(Collectors.joining(" | ")))
                .append(" |\n|---|")
                .append("---|".repeat(samples.size()))
                .append('\n');
        for (ArchiveReader.Reports kind : ArchiveReader.Reports.values()) {
            row(
                    out,
                    "*" + kind.label() + "*",
                    samples.stream().map(sample -> digests(kind, sample)).toList());
        }
        cells.forEach((reader, row) -> row(
                out,
                reader,
                samples.stream()
                        .map(sample -> row.getOrDefault(sample.title(), ""))
                        .toList()));
        out.append('\n');
        for (int i = 0; i < reasons.size(); i++) {
            out.append('(').append(i + 1).append(") ").append(reasons.get(i)).append(".  \n");
        }
        return out.toString();
    }

    private static void row(StringBuilder out, String head, List<String> row) {
        out.append("| ")
                .append(head)
                .append(" | ")
                .append(String.join(" | ", row))
                .append(" |\n");
    }

    private static String digests(ArchiveReader.Reports kind, Sample sample) {
        return sample.images().values().stream()
                .map(kind::of)
                .distinct()
                .map(ReaderTable::code)
                .collect(Collectors.joining(", "));
    }

    private static String code(String digest) {
        return "`" + digest.substring("sha256:".length(), SHORT) + "`";
    }
}
