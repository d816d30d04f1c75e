// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import dev.jpull.error.ReferenceException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as it is written in an option: {@code 500M}, {@code 20G}, {@code 1Ti}. */
final class ByteSize {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([kKMGT]?)(i?)B?");
    private static final String UNITS = " kMGT";

    private ByteSize() {}

    /**
     * The number of bytes; more than a {@code long} can have counts as {@link Long#MAX_VALUE}.
     *
     * @throws ReferenceException if the text is no size
     */
    static long parse(String option, String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new ReferenceException(
                    option + " " + PrintableText.line(text) + " is not a size: write it like 500M or 20G");
        }
        int power = UNITS.indexOf(size.group(2).isEmpty() ? " " : size.group(2).replace('K', 'k'));
        long unit = 1;
        for (int i = 0; i < power; i++) {
            unit *= size.group(3).isEmpty() ? 1000 : 1024;
        }
        try {
            return Math.multiplyExact(Long.parseLong(size.group(1)), unit);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
