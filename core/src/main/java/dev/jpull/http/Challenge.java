// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a registry asks for authentication: one challenge of a {@code WWW-Authenticate} header (RFC 9110 section
 * 11.3; docs/containerd.md section 8.1).
 *
 * @param scheme {@code bearer}, {@code digest} or {@code basic}
 * @param params the parameters, names in lower case, the last of several with one name
 */
public record Challenge(String scheme, Map<String, String> params) {
    private static final List<String> PREFERENCE = List.of("bearer", "digest", "basic");

    /** Copies the parameters. */
    public Challenge {
        params = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(params));
    }

    /**
     * The challenges of the headers, best scheme first. A malformed challenge ends its header, and the challenges before it are
     * kept; unknown schemes are left out.
     */
    public static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            new Parser(header).parse(challenges);
        }
        challenges.removeIf(challenge -> !PREFERENCE.contains(challenge.scheme));
        challenges.sort(Comparator.comparingInt(challenge -> PREFERENCE.indexOf(challenge.scheme)));
        return challenges;
    }

    /** A parameter, or an empty text when it is not there. */
    public String param(String name) {
        return params.getOrDefault(name, "");
    }

    /** Reads one header from left to right. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        void parse(List<Challenge> challenges) {
            String scheme = token();
            while (!scheme.isEmpty()) {
                Map<String, String> params = new LinkedHashMap<>();
                String next = params(params);
                challenges.add(new Challenge(scheme.toLowerCase(Locale.ROOT), params));
                scheme = next;
            }
        }

        /** Reads parameters up to the end, and returns the scheme of a next challenge, if there is one. */
        private String params(Map<String, String> params) {
            while (true) {
                skipBlanks();
                String name = token();
                if (name.isEmpty()) {
                    return "";
                }
                if (!next('=')) {
                    boolean anotherChallenge = !params.isEmpty() && at < text.length() && text.charAt(at) == ' ';
                    return anotherChallenge ? name : "";
                }
                params.put(name.toLowerCase(Locale.ROOT), next('"') ? quoted() : token());
                skipBlanks();
                if (!next(',')) {
                    return "";
                }
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && isTokenChar(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        /** The rest of a quoted string; empty when its end is missing. */
        private String quoted() {
            StringBuilder value = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '"') {
                    return value.toString();
                }
                if (c == '\\' && at < text.length()) {
                    c = text.charAt(at++);
                }
                value.append(c);
            }
            return "";
        }

        private boolean next(char wanted) {
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        private void skipBlanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private static boolean isTokenChar(char c) {
            return c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }
}
