// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import dev.jpull.toml.TableReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table by their known names: the runtime reads a key in any letter case, and drops an unknown one silently,
 * with the mirrors below it. What loses hosts or settings in this way is an error.
 *
 * @param table the table
 * @param written each known key as the file writes it
 */
record KnownKeys(TableReader table, Map<String, String> written) {
    /** The keys of a registry, by which a misplaced one is told. */
    static final List<String> REGISTRY = List.of(
            "prefix",
            "location",
            "insecure",
            "blocked",
            "mirror",
            "mirror-by-digest-only",
            "pull-from-mirror",
            "proxy");

    static final List<String> MIRROR = List.of("location", "insecure", "pull-from-mirror", "proxy");

    static final List<String> ROOT = List.of(
            "registry",
            "unqualified-search-registries",
            "credential-helpers",
            "short-name-mode",
            "additional-layer-store-auth-helper",
            "aliases",
            "registries");

    /** Looks for known keys; what is suspicious about the others is found. */
    static KnownKeys of(TableReader table, List<String> known, Findings findings) {
        Map<String, String> written = new LinkedHashMap<>();
        for (String key : table.keys()) {
            String name =
                    known.stream().filter(key::equalsIgnoreCase).findFirst().orElse(null);
            if (name == null) {
                reportUnknown(table, key, known, findings);
            } else if (written.putIfAbsent(name, key) != null) {
                findings.error(
                        "duplicate-key",
                        table.positionOf(key),
                        "\"" + name + "\" is written twice, in different letter case",
                        "takes one of them, not always the same",
                        "keep one of them");
            } else if (!key.equals(name)) {
                findings.warning(
                        "letter-case",
                        table.positionOf(key),
                        "\"" + key + "\" is not written as documented",
                        "takes it in any letter case",
                        "write " + name);
            }
        }
        return new KnownKeys(table, written);
    }

    private static void reportUnknown(TableReader table, String key, List<String> known, Findings findings) {
        String place = ROOT.contains(key)
                ? "before the first [[registry]]"
                : known.equals(MIRROR) && REGISTRY.contains(key)
                        ? "into the [[registry]] before its first [[registry.mirror]]"
                        : known.equals(ROOT) && REGISTRY.contains(key) ? "below a [[registry]]" : "";
        String suggestion = Spelling.suggestion(key.toLowerCase(Locale.ROOT), known);
        if (!place.isEmpty()) {
            findings.error(
                    "misplaced-key",
                    table.positionOf(key),
                    "\"" + key + "\" has no effect at this place",
                    Findings.IGNORED,
                    "move it " + place);
        } else if (!suggestion.isEmpty() || table.isTables(key)) {
            findings.error(
                    "misspelt-key",
                    table.positionOf(key),
                    "nothing reads \"" + key + "\", so that the hosts or settings in it are lost" + suggestion,
                    Findings.IGNORED,
                    "correct or remove it; its names here are " + String.join(", ", known));
        } else {
            table.unknown(key, known);
        }
    }

    boolean has(String name) {
        return written.containsKey(name);
    }

    /** The key as written. */
    String key(String name) {
        return written.getOrDefault(name, name);
    }

    /** A text; empty when there is none. */
    String text(String name, String remedy) {
        String text = has(name) ? table.text(key(name), remedy) : null;
        return text == null ? "" : text;
    }

    /** A flag; null when there is none. */
    @Nullable
    Boolean flag(String name) {
        return has(name) ? table.flag(key(name)) : null;
    }
}
