// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the Link headers of a response (RFC 8288). */
final class LinkHeader {
    /** A parameter: its name, and its value as it is or between quotes. */
    private static final Pattern PARAMETER =
            Pattern.compile("\\G\\s*;\\s*([^\\s=;,]+)\\s*(?:=\\s*(?:\"([^\"]*+)\"|([^\\s;,\"]*+)))?\\s*");

    private LinkHeader() {}

    /** The target of the first link to the next page, as it was written; empty when there is none. */
    static Optional<String> next(List<String> headers) {
        for (String header : headers) {
            int at = header.indexOf('<');
            while (at >= 0) {
                int end = header.indexOf('>', at);
                if (end < 0) {
                    break;
                }
                Matcher parameter = PARAMETER.matcher(header).region(end + 1, header.length());
                boolean isNext = false;
                int after = end + 1;
                while (parameter.find()) {
                    isNext |= isNext(parameter);
                    after = parameter.end();
                }
                if (isNext) {
                    return Optional.of(header.substring(at + 1, end).strip());
                }
                at = header.indexOf('<', after);
            }
        }
        return Optional.empty();
    }

    private static boolean isNext(Matcher parameter) {
        String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
        return parameter.group(1).equalsIgnoreCase("rel")
                && value != null
                && List.of(value.toLowerCase(Locale.ROOT).strip().split("\\s+")).contains("next");
    }
}
