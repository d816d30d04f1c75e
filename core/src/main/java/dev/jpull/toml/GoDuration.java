// SPDX-License-Identifier: Apache-2.0
package dev.jpull.toml;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them, such as {@code 1m500ms} (Go {@code time.ParseDuration}). */
public final class GoDuration {
    private static final Pattern PART = Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    private GoDuration() {}

    /** The duration, which may be negative; empty when the text is none. */
    public static Optional<Duration> parse(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(rest);
        int end = 0;
        while (end < rest.length()) {
            part.region(end, rest.length());
            if (rest.length() > 100 || !part.lookingAt()) {
                return Optional.empty();
            }
            nanos = nanos.add(
                    new BigDecimal(withDigits(part.group(1))).multiply(BigDecimal.valueOf(unit(part.group(2)))));
            end = part.end();
        }
        if (rest.isEmpty() || nanos.compareTo(MAX) > 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(negative ? -nanos.longValue() : nanos.longValue()));
    }

    private static long unit(String name) {
        Long nanos = NANOS.get(name);
        if (nanos == null) {
            throw new IllegalStateException(name);
        }
        return nanos;
    }

    private static String withDigits(String number) {
        return number.endsWith(".") ? number + "0" : number;
    }
}
