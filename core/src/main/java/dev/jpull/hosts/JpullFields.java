// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.secret.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The settings below {@code [host."…".jpull]}, or {@code [jpull]} for the server: what users want from containerd and it
 * does not have. containerd passes over the table, so that the file stays valid for it.
 */
final class JpullFields {
    /** The name of the table. */
    static final String KEY = "jpull";

    static final List<String> NAMES = List.of("proxy", "response_timeout", "stall_timeout", "rewrite");

    private static final int HTTP_PORT = 80;
    private static final Pattern GROUP = Pattern.compile("\\\\.|\\$(\\{[A-Za-z][A-Za-z0-9]*\\}|[0-9])?");

    private final TableReader table;
    private final Map<String, SourcePosition> positions = new LinkedHashMap<>();
    private @Nullable ProxyAddress proxy;
    private @Nullable Duration responseTimeout;
    private @Nullable Duration stallTimeout;
    private final List<Rewrite> rewrites = new ArrayList<>();

    JpullFields(TableReader table) {
        this.table = table;
        for (String key : table.keys()) {
            if (NAMES.contains(key)) {
                positions.put(KEY + "." + key, table.positionOf(key));
            }
            switch (key) {
                case "proxy" -> proxy = proxy(key);
                case "response_timeout" -> responseTimeout = positive(key);
                case "stall_timeout" -> stallTimeout = positive(key);
                case "rewrite" -> readRewrites(key);
                default -> reportUnknown(key);
            }
        }
    }

    HostExtensions extensions() {
        return new HostExtensions(proxy, responseTimeout, stallTimeout, rewrites);
    }

    /** Where each setting was written. */
    Map<String, SourcePosition> positions() {
        return positions;
    }

    private void reportUnknown(String key) {
        if (HostFields.NAMES.contains(key)) {
            table.error(
                    "swallowed-key",
                    key,
                    "\"" + key + "\" stands below the jpull table, so that TOML takes it for a part of that",
                    "move it above the line that starts the jpull table");
        } else {
            table.unknown(key, NAMES);
        }
    }

    private @Nullable Duration positive(String key) {
        Duration timeout = table.timeout(key);
        if (timeout != null && timeout.isZero()) {
            table.wrongType(key, "longer than nothing", "remove it to have the default, or write 30s");
            return null;
        }
        return timeout;
    }

    private @Nullable ProxyAddress proxy(String key) {
        String remedy = "write proxy = \"http://proxy.example:3128\", or \"none\" to go without";
        String text = table.text(key, remedy);
        if (text == null) {
            return null;
        }
        if (text.equals("none")) {
            return ProxyAddress.NONE;
        }
        try {
            URI uri = new URI(text);
            boolean bare = uri.getPath() == null
                    || uri.getPath().isEmpty()
                    || uri.getPath().equals("/");
            if ("http".equals(uri.getScheme()) && uri.getHost() != null && bare && uri.getQuery() == null) {
                String user = uri.getUserInfo() == null ? "" : uri.getUserInfo();
                int colon = user.indexOf(':');
                return new ProxyAddress(
                        uri.getHost(),
                        uri.getPort() < 0 ? HTTP_PORT : uri.getPort(),
                        colon < 0 ? user : user.substring(0, colon),
                        Secret.of(colon < 0 ? "" : user.substring(colon + 1)));
            }
        } catch (URISyntaxException e) {
            // The same as any other text that is no address; it may hold a password, and is not repeated.
        }
        table.wrongType(key, "the http:// address of a proxy", remedy);
        return null;
    }

    private void readRewrites(String key) {
        TableReader rules = table.table(key, "write [host.\"https://mirror.example\".jpull.rewrite]");
        if (rules == null) {
            return;
        }
        for (String pattern : rules.keys()) {
            String replacement = rules.text(pattern, "write \"^library/(.*)\" = \"proxy/library/$1\"");
            if (replacement != null && isUsable(rules, pattern, replacement)) {
                rewrites.add(new Rewrite(pattern, replacement));
            }
        }
    }

    private static boolean isUsable(TableReader rules, String pattern, String replacement) {
        try {
            int groups = Pattern.compile(pattern).matcher("").groupCount();
            boolean known = GROUP.matcher(replacement)
                    .results()
                    .allMatch(found -> found.group(1) == null
                            ? found.group().startsWith("\\")
                            : found.group(1).startsWith("{")
                                    ? pattern.contains("(?<"
                                            + found.group(1)
                                                    .substring(1, found.group(1).length() - 1) + ">")
                                    : Integer.parseInt(found.group(1)) <= groups);
            if (!known) {
                rules.error(
                        "rewrite",
                        pattern,
                        "the replacement \"" + replacement + "\" names a group that the pattern does not have",
                        "write $1 for the first pair of parentheses in the pattern");
            }
            return known;
        } catch (PatternSyntaxException e) {
            rules.error(
                    "rewrite",
                    pattern,
                    "\"" + pattern + "\" is not a regular expression: " + e.getDescription(),
                    "write it as Java does, such as \"^library/(.*)\"");
            return false;
        }
    }
}
