// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.lint.Spelling;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces with stars what may be a secret in a line of TOML, YAML or JSON, one character for one. Keys are shown, and the values of
 * settings that are known to have none; of other values URLs alone. User info, queries and fragments of URLs are never shown, and no
 * comments.
 */
final class LineMask {
    /** The settings with values that are no secrets; headers and credentials may have any other name. */
    private static final List<String> OPEN = List.of(
            "server",
            "capabilities",
            "ca",
            "client",
            "skip_verify",
            "override_path",
            "dial_timeout",
            "response_timeout",
            "stall_timeout",
            "endpoint",
            "config_path",
            "imports",
            "version",
            "ca_file",
            "cert_file",
            "key_file",
            "image_pull_progress_timeout",
            "insecure_skip_verify",
            "mirrors",
            "prefix",
            "location",
            "insecure",
            "blocked",
            "mirror",
            "mirror-by-digest-only",
            "pull-from-mirror",
            "unqualified-search-registries",
            "short-name-mode",
            "credential-helpers",
            "registries",
            "registry-mirrors",
            "insecure-registries",
            "max-concurrent-downloads");

    /** The tables in which each key is a name that a file chooses, and no value a secret. */
    private static final List<String> OPEN_TABLES = List.of("aliases", "rewrite");

    /** The keys of credentials. */
    private static final List<String> AUTH_KEYS =
            List.of("auth", "username", "password", "token", "identity_token", "server");

    private static final int SHORTEST_TYPO = 5;

    /** Keys below which nothing is shown, whatever the names there are. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)(?:[^.]*[-_.])?(?:headers?|auths?|authorization|password|passwd|pass|secrets?|cookies?|credentials?|[a-z]*token)");

    private static final String QUOTED = "\"(?:[^\"\\\\]|\\\\.)*+\"?|'[^']*+'?";
    private static final Pattern TOML_TOKEN = Pattern.compile(QUOTED + "|[^\\s\"'\\[\\]{},=#]++");
    private static final Pattern OTHER_TOKEN =
            Pattern.compile(QUOTED + "|[^\\s\"'\\[\\]{},:#]++(?::++[^\\s\"'\\[\\]{},:]++)*+");
    private static final Pattern AFTER_TOML_KEY = Pattern.compile("\\s*+[=.]");
    private static final Pattern AFTER_QUOTED_KEY = Pattern.compile("\\s*+:");
    private static final Pattern AFTER_BARE_KEY = Pattern.compile("\\s*+:(?:[\\s,\\[{\"']|$)");
    private static final String BEFORE_KEY = "{[,.-?";
    private static final Pattern HEADING = Pattern.compile("\\s*+\\[\\[?([^,=]*?)\\]?\\]\\s*+(?:#.*+)?");
    private static final Pattern URL = Pattern.compile("[\"']?https?://.*+");
    private static final Pattern USER_INFO = Pattern.compile("(?<=//|^|^[\"'])[^/@\\s\"']*+(?=@)");
    private static final Pattern QUERY = Pattern.compile("(?<=[?#])[^\\s\"']++");
    private static final Pattern MARK = Pattern.compile("[-|>]");
    private static final Pattern PLAIN = Pattern.compile("true|false|null|\\d{1,5}");

    private final List<String> lines;
    private final boolean toml;

    /** The lines of a file; the name of the file tells its language. */
    LineMask(Path file, List<String> lines) {
        this.lines = lines;
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        this.toml = name.endsWith(".toml") || name.endsWith(".conf");
    }

    /** A line, by its number from 1, without what may be a secret. */
    String shown(int number) {
        String line = lines.get(number - 1);
        if (toml && isHeading(line)) {
            return withoutUserInfo(line);
        }
        State state = stateBefore(number);
        StringBuilder shown = new StringBuilder();
        Matcher token = tokens(line);
        int end = 0;
        boolean comment = false;
        while (token.find()) {
            String text = token.group();
            comment = comment || line.substring(end, token.start()).indexOf('#') >= 0;
            boolean isKey = !comment && isKey(line, token);
            // What looks like a key below a secret may be a part of it, such as a line of a password.
            boolean isName = isKey && (toml || !state.secret() || AUTH_KEYS.contains(nameOf(text)));
            state = comment ? State.COMMENT : isKey ? state.at(nameOf(text)) : state;
            shown.append(line, end, token.start()).append(isName ? withoutUserInfo(text) : state.visible(text));
            end = token.end();
        }
        return shown.append(line, end, line.length()).toString();
    }

    /**
     * What is known at a place of a file.
     *
     * @param key the key before it
     * @param secret whether a key or table around it has secrets
     * @param open whether a table around it has none
     */
    private record State(String key, boolean secret, boolean open) {
        static final State COMMENT = new State("", false, false);

        State at(String next) {
            return new State(next, secret || isSecret(next), open);
        }

        String visible(String text) {
            if (MARK.matcher(text).matches()) {
                return text;
            }
            boolean isUrl = URL.matcher(text).matches();
            if (secret || isSecret(key)) {
                return isUrl && OPEN.contains(key) ? withoutUserInfo(text) : hidden(text);
            }
            boolean shown = open || isOpen(key) || isUrl || PLAIN.matcher(text).matches();
            return shown ? withoutUserInfo(text) : hidden(text);
        }
    }

    private static boolean isSecret(String key) {
        return !OPEN.contains(key) && SECRET.matcher(key).matches();
    }

    /** A typo makes no secret of a setting: one letter more, less or other. */
    private static boolean isOpen(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return OPEN.contains(name)
                || name.length() >= SHORTEST_TYPO
                        && !isSecret(name)
                        && !Spelling.suggestion(name, OPEN).isEmpty();
    }

    /** The last key in the lines before, and what the tables or keys around it mean. */
    private State stateBefore(int number) {
        int depth = depthOf(lines.get(number - 1));
        String last = "";
        boolean secret = false;
        boolean open = false;
        for (int i = number - 1; i >= 1 && (toml || depth > 0 || last.isEmpty()); i--) {
            String line = lines.get(i - 1);
            if (toml && isHeading(line)) {
                String table = lastName(line);
                return new State(last, isSecret(table), OPEN_TABLES.contains(table.toLowerCase(Locale.ROOT)));
            }
            String key = lastKey(line);
            last = last.isEmpty() ? key : last;
            if (!toml && !key.isEmpty() && depthOf(line) < depth) {
                depth = depthOf(line);
                secret = secret || isSecret(key);
                open = open || OPEN_TABLES.contains(key);
            }
        }
        return new State(last, secret, open);
    }

    private static int depthOf(String line) {
        return line.length() - line.stripLeading().length();
    }

    private static boolean isHeading(String line) {
        Matcher heading = HEADING.matcher(line);
        return heading.matches() && !heading.group(1).matches("\\s*+[\"'].*+");
    }

    private Matcher tokens(String line) {
        return (toml ? TOML_TOKEN : OTHER_TOKEN).matcher(line);
    }

    /** The name of the table in a heading, without those that it is in. */
    private String lastName(String heading) {
        String name = "";
        Matcher token = tokens(heading);
        while (token.find()) {
            name = nameOf(token.group());
        }
        return name;
    }

    private String lastKey(String line) {
        String last = "";
        Matcher token = tokens(line);
        while (token.find()) {
            last = isKey(line, token) ? nameOf(token.group()) : last;
        }
        return last;
    }

    /** Whether a part of a line is a key, or a part of one. */
    private boolean isKey(String line, Matcher token) {
        int before = token.start() - 1;
        while (before >= 0 && Character.isWhitespace(line.charAt(before))) {
            before--;
        }
        boolean isTable = toml && token.group().endsWith(".");
        Pattern after = toml ? AFTER_TOML_KEY : isQuoted(token.group()) ? AFTER_QUOTED_KEY : AFTER_BARE_KEY;
        return (before < 0 || BEFORE_KEY.indexOf(line.charAt(before)) >= 0)
                && (isTable
                        || after.matcher(line)
                                .region(token.end(), line.length())
                                .lookingAt());
    }

    /** A key without its quotes, and in TOML without the tables before it. */
    private String nameOf(String text) {
        if (isQuoted(text)) {
            return text.replaceAll("^[\"']|[\"']$", "");
        }
        return toml ? text.substring(text.lastIndexOf('.') + 1) : text;
    }

    private static boolean isQuoted(String text) {
        return text.charAt(0) == '"' || text.charAt(0) == '\'';
    }

    private static String withoutUserInfo(String text) {
        String shown = USER_INFO.matcher(text).replaceAll(found -> stars(found.group()));
        return shown.contains("://") ? QUERY.matcher(shown).replaceAll(found -> stars(found.group())) : shown;
    }

    private static String hidden(String text) {
        if (!isQuoted(text)) {
            return stars(text);
        }
        char quote = text.charAt(0);
        boolean closed = text.length() > 1 && text.charAt(text.length() - 1) == quote;
        return quote + stars(text.substring(1, text.length() - (closed ? 1 : 0))) + (closed ? quote : "");
    }

    private static String stars(String text) {
        return "*".repeat(text.length());
    }
}
