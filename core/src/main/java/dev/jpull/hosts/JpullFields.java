// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import dev.jpull.toml.TableReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings below {@code [host."…".jpull]}, or {@code [jpull]} for the server: settings that containerd
 * lacks. containerd ignores the table, so that the file stays valid for it.
 */
final class JpullFields {
    /** The name of the table. */
    static final String KEY = "jpull";

    static final List<String> NAMES = List.of("proxy", "response_timeout", "stall_timeout", "rewrite");

    private final TableReader table;
    private final Map<String, SourcePosition> positions = new LinkedHashMap<>();
    private @Nullable ProxyAddress proxy;
    private @Nullable Duration responseTimeout;
    private @Nullable Duration stallTimeout;
    private final List<RenamingRule> rewrites = new ArrayList<>();

    JpullFields(TableReader table) {
        this.table = table.refusedAs("ignores it: only jpull reads it");
        for (String key : this.table.keys()) {
            if (NAMES.contains(key)) {
                positions.put(KEY + "." + key, this.table.positionOf(key));
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
        return new HostExtensions(proxy, responseTimeout, stallTimeout, rewrites, true);
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
                    "\"" + key + "\" follows the line of the jpull table, so that TOML reads it as part of that table",
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
        ProxyAddress address = ProxyAddress.parse(text);
        if (address == null) {
            table.wrongType(key, "the http:// address of a proxy", remedy);
        }
        return address;
    }

    private void readRewrites(String key) {
        TableReader rules = table.table(key, "write [host.\"https://mirror.example\".jpull.rewrite]");
        if (rules == null) {
            return;
        }
        for (String pattern : rules.keys()) {
            String replacement = rules.text(pattern, "write \"^library/(.*)\" = \"proxy/library/$1\"");
            if (replacement != null) {
                try {
                    rewrites.add(Rewrite.parse(pattern, replacement));
                    positions.put(KEY + ".rewrite." + pattern, rules.positionOf(pattern));
                } catch (Rewrite.InvalidException e) {
                    rules.error("rewrite", pattern, String.valueOf(e.getMessage()), e.remedy());
                }
            }
        }
    }
}
