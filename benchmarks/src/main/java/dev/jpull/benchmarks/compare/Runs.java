// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The runs of one command in one scenario. A command that failed is not run again there. */
final class Runs {
    private static final int LONGEST_ERROR = 160;

    private final List<Measurement> measured = new ArrayList<>();
    private String error = "";
    private long refused;
    private long requests;

    /** Adds a run that ended well. */
    void add(Measurement measurement) {
        measured.add(measurement);
    }

    /** Adds the run that failed: one line of the message is kept, the last one that speaks of an error. */
    void fail(String message) {
        List<String> lines = message.strip().lines().toList();
        String line = lines.stream()
                .filter(text -> text.toLowerCase(Locale.ROOT).contains("error"))
                .reduce((first, second) -> second)
                .orElse(lines.isEmpty() ? "" : lines.get(lines.size() - 1))
                .replace('|', '/');
        error = line.isBlank() ? "no message" : line.substring(0, Math.min(line.length(), LONGEST_ERROR));
    }

    /** Adds the requests that a throttling host has answered, and those of them that it refused. */
    void count(long refusedNow, long requestsNow) {
        refused += refusedNow;
        requests += requestsNow;
    }

    /** What went wrong; empty when nothing did. */
    String error() {
        return error;
    }

    /** The medians; nothing when a run failed or none was measured. */
    Optional<Measurement> median() {
        return error.isEmpty() && !measured.isEmpty() ? Optional.of(Measurement.median(measured)) : Optional.empty();
    }

    /** The part of the requests that the host refused, in per cent; nothing for a host without a limit of requests. */
    Optional<Double> refusedPercent() {
        return requests == 0 ? Optional.empty() : Optional.of(100.0 * refused / requests);
    }

    /** The refused requests in words; empty when the host does not refuse any. */
    String refusals() {
        return requests == 0 ? "" : refused + " of " + requests + " requests refused";
    }
}
