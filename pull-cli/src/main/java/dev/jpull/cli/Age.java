// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import dev.jpull.error.ReferenceException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An age as it is written in an option: {@code 30m}, {@code 24h}, {@code 7d}, or {@code 0}. */
final class Age {
    private static final Pattern AGE = Pattern.compile("([0-9]{1,6})([smhd])");

    private Age() {}

    /**
     * The age.
     *
     * @throws ReferenceException if the text is none
     */
    static Duration parse(String option, String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher age = AGE.matcher(text);
        if (!age.matches()) {
            throw new ReferenceException(
                    option + " " + PrintableText.line(text) + " is not an age: write it like 30m, 24h or 7d");
        }
        long count = Long.parseLong(age.group(1));
        return switch (age.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
