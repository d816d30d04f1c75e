// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a valid text in one of the languages of configuration is broken at one place. */
enum MutatedLanguage {
    /** Keys and other bare words, texts, and each sign that means something to TOML. */
    TOML("#.*|\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|[A-Za-z0-9_-]+|[\\[\\]{}=.,]", "(?s)\\s*[=.\\]].*"),
    /** Texts, words, numbers and signs. */
    JSON("\"(?:[^\"\\\\\\n]|\\\\.)*\"|[A-Za-z0-9.+-]+|[\\[\\]{}:,]", "(?s)\\s*:.*"),
    /** Comments, quoted and plain texts, signs, and the blanks that say what belongs to what. */
    YAML(
            "#.*|\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|(?m:^ +)|(?m:^---$)|- |[:,\\[\\]{}](?=\\s|[\\[\\]{},]|$)|[\\[\\]{}]"
                    + "|[^\\s\"'#,\\[\\]{}:-](?:[^\\s,\\[\\]{}:]|:(?=[^\\s,\\[\\]{}]))*",
            "(?s) *:(?:\\s.*|$)");

    /** The words that a setting must be one of; other texts may be anything, and are another valid configuration. */
    private static final Pattern KEYWORD =
            Pattern.compile("[\"']?(pull|resolve|push|referrers|true|false|all|digest-only|tag-only"
                    + "|enforcing|permissive|disabled)[\"']?");

    private static final Pattern URL = Pattern.compile("([\"']?)(https?)://(.*?)([\"']?)");
    private static final Pattern DURATION = Pattern.compile("([\"'])([0-9]+)(ms|s|m)([\"'])");

    private final Pattern token;
    private final Pattern afterKey;

    MutatedLanguage(String token, String afterKey) {
        this.token = Pattern.compile(token);
        this.afterKey = Pattern.compile(afterKey);
    }

    /** The language of a file, by its name; null when it is none of these. */
    static @Nullable MutatedLanguage of(String file) {
        if (file.endsWith(".toml") || file.endsWith(".conf")) {
            return TOML;
        }
        if (file.endsWith(".json")) {
            return JSON;
        }
        return file.endsWith(".yaml") ? YAML : null;
    }

    /** The text with one token broken, in each way. */
    Set<String> mutationsOf(String text) {
        Set<String> mutations = new LinkedHashSet<>();
        Matcher found = token.matcher(text);
        while (found.find()) {
            String before = text.substring(0, found.start());
            String after = text.substring(found.end());
            for (String broken : broken(found.group(), after)) {
                mutations.add(before + broken + after);
            }
        }
        mutations.remove(text);
        return mutations;
    }

    private List<String> broken(String token, String after) {
        if (token.startsWith("#")) {
            return List.of();
        }
        if (token.isBlank()) {
            return List.of("", token + " ", token.substring(1), "\t");
        }
        if (token.strip().length() == 1 && !Character.isLetterOrDigit(token.charAt(0))) {
            return List.of("", token + token, ";");
        }
        Matcher url = URL.matcher(token);
        if (url.matches()) {
            return brokenUrl(token, url);
        }
        Matcher duration = DURATION.matcher(token);
        if (duration.matches()) {
            return List.of(
                    "\"" + duration.group(2) + "\"",
                    duration.group(2),
                    "\"-" + duration.group(2) + duration.group(3) + "\"",
                    "\"" + duration.group(3) + "\"",
                    "\"" + duration.group(2) + "x\"");
        }
        if (afterKey.matcher(after).matches()) {
            return brokenKey(token, this == TOML && after.stripLeading().startsWith("="));
        }
        if (KEYWORD.matcher(token).matches()) {
            boolean quoted = !Character.isLetter(token.charAt(0));
            String word = quoted ? token.substring(1, token.length() - 1) : token;
            return List.of(
                    quoted ? word : "\"" + word + "\"",
                    token.replace(word, word.substring(1)),
                    token.replace(word, word + word.charAt(0)),
                    token.replace(word, word.charAt(1) + word.substring(0, 1) + word.substring(2)),
                    token.replace(word, "7"));
        }
        return token.startsWith("\"") || token.startsWith("'")
                ? List.of(token.substring(1), token.substring(0, token.length() - 1))
                : List.of();
    }

    private static List<String> brokenUrl(String token, Matcher url) {
        String rest = url.group(3) + url.group(4);
        String quote = url.group(1);
        return List.of(
                quote.isEmpty() ? "\"" + token : token.substring(1),
                quote.isEmpty() ? token + "\"" : token.substring(0, token.length() - 1),
                quote + "ttps://" + rest,
                quote + "http:/" + rest,
                quote + "http//" + rest,
                quote + "https:" + rest,
                quote + url.group(2).toUpperCase(Locale.ROOT) + "://" + rest,
                quote + url.group(2) + ":// " + rest,
                quote + url.group(2) + "://user@" + rest,
                quote + url.group(2) + "://" + url.group(3) + "?x" + url.group(4),
                quote + url.group(2) + "://" + url.group(4));
    }

    /**
     * A quoted key keeps its quotes, but for the mutations that drop one.
     *
     * @param assigned whether a value follows, so that a quoted key would be the name of an alias, a header, or a pattern: another one is another valid one
     */
    private List<String> brokenKey(String token, boolean assigned) {
        boolean quoted = token.startsWith("\"") || token.startsWith("'");
        String quote = quoted ? token.substring(0, 1) : "";
        String word = quoted ? token.substring(1, token.length() - 1) : token;
        if (word.isEmpty() || !Character.isLetter(word.charAt(0)) || isFree(word) || quoted && assigned) {
            return quoted ? List.of(token.substring(1), token.substring(0, token.length() - 1)) : List.of();
        }
        return List.of(
                quote + word.substring(1) + quote,
                quote + word + word.charAt(0) + quote,
                quote + word.charAt(0) + "x" + word.substring(1) + quote,
                "\"" + word + " \"",
                quote + Character.toUpperCase(word.charAt(0)) + word.substring(1) + quote);
    }

    /** Another name of a header or of a registry, and another pattern of a rewrite, is another valid configuration. */
    private static boolean isFree(String word) {
        return word.toLowerCase(Locale.ROOT).matches("x-.*|authorization") || !word.matches("[A-Za-z_-]+");
    }
}
