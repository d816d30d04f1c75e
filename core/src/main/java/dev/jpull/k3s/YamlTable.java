// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import dev.jpull.text.ForeignText;
import dev.jpull.yaml.YamlNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the keys of one mapping; a value of another type is an error, and read as if it was not there. For use by one thread. */
final class YamlTable {
    /** What k3s does with a file that it cannot read. */
    static final String NOT_STARTED = "does not start";

    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUE = Set.of("true", "yes", "on", "y");
    private static final Set<String> FALSE = Set.of("false", "no", "off", "n");

    private final SourcePosition position;
    private final Findings findings;
    private final Map<String, YamlNode.Member> members = new LinkedHashMap<>();

    private YamlTable(YamlNode.Mapping mapping, Findings findings) {
        this.position = mapping.position();
        this.findings = findings;
        mapping.members().forEach(member -> members.putIfAbsent(member.key().text(), member));
    }

    /** The mapping that is the value of a key; null when there is no value, or another one, which is reported. */
    static @Nullable YamlTable of(YamlNode value, String key, Findings findings) {
        if (value instanceof YamlNode.Mapping mapping) {
            return new YamlTable(mapping, findings);
        }
        if (!isNothing(value)) {
            findings.error(
                    "type",
                    value.position(),
                    "\"" + key + "\" is no mapping",
                    NOT_STARTED,
                    "write keys with a colon below it, indented");
        }
        return null;
    }

    static boolean isNothing(YamlNode value) {
        return value instanceof YamlNode.Scalar scalar && !scalar.quoted() && NOTHING.contains(scalar.text());
    }

    SourcePosition position() {
        return position;
    }

    Collection<YamlNode.Member> members() {
        return members.values();
    }

    boolean has(String key) {
        return members.containsKey(key);
    }

    SourcePosition positionOf(String key) {
        YamlNode.Member member = members.get(key);
        return member == null ? position : member.key().position();
    }

    /** The value of a key; null when it is not there, or says that there is none. */
    @Nullable
    YamlNode value(String key) {
        YamlNode.Member member = members.get(key);
        return member == null || isNothing(member.value()) ? null : member.value();
    }

    @Nullable
    YamlTable table(String key) {
        YamlNode value = value(key);
        return value == null ? null : of(value, key, findings);
    }

    /** The text of a key; empty when there is none. */
    String text(String key) {
        YamlNode value = value(key);
        if (value instanceof YamlNode.Scalar scalar) {
            return scalar.text();
        }
        if (value != null) {
            wrongType(value, key, "a text", "write it behind the colon");
        }
        return "";
    }

    /** Whether a key is set to true; YAML 1.1 has several words for it, and a quoted one is a text. */
    boolean flag(String key) {
        YamlNode value = value(key);
        if (value instanceof YamlNode.Scalar scalar && !scalar.quoted()) {
            String word = scalar.text().toLowerCase(Locale.ROOT);
            if (TRUE.contains(word) || FALSE.contains(word)) {
                return TRUE.contains(word);
            }
        }
        if (value != null) {
            wrongType(value, key, "true or false", "write true or false, without quotes");
        }
        return false;
    }

    void wrongType(YamlNode value, String key, String wanted, String remedy) {
        findings.error("type", value.position(), "\"" + key + "\" is not " + wanted, NOT_STARTED, remedy);
    }

    /** Reports the keys that k3s does not know, and one that is probably a known one as an error. */
    void reportOthers(List<String> known) {
        reportOthers(known, member -> false, "");
    }

    /**
     * The same.
     *
     * @param lost tells the unknown keys that have settings, which are errors
     * @param remedy where these settings belong
     */
    void reportOthers(List<String> known, Predicate<YamlNode.Member> lost, String remedy) {
        for (YamlNode.Member member : members.values()) {
            String key = member.key().text();
            if (known.contains(key)) {
                continue;
            }
            String suggestion = Spelling.suggestion(key, known);
            if (key.equals("<<")) {
                findings.error(
                        "merge-key",
                        member.key().position(),
                        "\"<<\" takes over the keys of another mapping, which jpull does not do",
                        "takes them over",
                        "write the keys here");
            } else if (suggestion.isEmpty() && lost.test(member)) {
                findings.error(
                        "misplaced-key",
                        member.key().position(),
                        "\"" + ForeignText.address(key) + "\" is no key here, so that the settings of it are lost",
                        "ignores it silently, and goes on without these settings",
                        remedy);
            } else if (suggestion.isEmpty()) {
                findings.warning(
                        "unknown-key",
                        member.key().position(),
                        "unknown key \"" + key + "\" is ignored",
                        Findings.IGNORED,
                        "remove it, or write one of " + String.join(", ", known));
            } else {
                findings.error(
                        "misspelt-key",
                        member.key().position(),
                        "\"" + key + "\" is no key, but like one" + suggestion,
                        Findings.IGNORED,
                        "correct it");
            }
        }
    }
}
