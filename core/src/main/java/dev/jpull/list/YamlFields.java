// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.finding.SourcePosition;
import dev.jpull.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys of a YAML mapping, by their kinds. A value of another kind is a problem, and so is a key that is not asked for. For use
 * by one thread.
 */
final class YamlFields {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,5}");

    private final SourcePosition position;
    private final Problems problems;
    private final Map<String, YamlNode.Member> members = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    YamlFields(YamlNode.Mapping mapping, Problems problems) {
        this.position = mapping.position();
        this.problems = problems;
        mapping.members().forEach(member -> members.putIfAbsent(member.key().text(), member));
    }

    /** Where the mapping begins. */
    SourcePosition position() {
        return position;
    }

    /** Where the value of a key is; the mapping when the key is not there. */
    SourcePosition positionOf(String key) {
        YamlNode.Member member = members.get(key);
        return member == null ? position : member.value().position();
    }

    /** Whether a key is there. */
    boolean has(String key) {
        return members.containsKey(key);
    }

    /** The value of a key, whatever it is; empty when it is not there, or says that there is none. */
    Optional<YamlNode> node(String key) {
        asked.add(key);
        return Optional.ofNullable(members.get(key))
                .map(YamlNode.Member::value)
                .filter(value -> !(value instanceof YamlNode.Scalar scalar) || !scalar.isNull());
    }

    /** The text of a key. */
    Optional<YamlNode.Scalar> text(String key) {
        Optional<YamlNode> value = node(key);
        if (value.isPresent() && !(value.get() instanceof YamlNode.Scalar)) {
            problems.add(positionOf(key), "\"" + key + "\" has more than one value", "write one text");
            return Optional.empty();
        }
        return value.map(YamlNode.Scalar.class::cast);
    }

    /** The texts of a key: a list, or a single one. */
    List<YamlNode.Scalar> texts(String key) {
        YamlNode value = node(key).orElse(null);
        if (value instanceof YamlNode.Scalar single) {
            return List.of(single);
        }
        List<YamlNode.Scalar> texts = new ArrayList<>();
        if (value instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                if (item instanceof YamlNode.Scalar text && !text.isNull()) {
                    texts.add(text);
                } else {
                    problems.add(item.position(), "an item of \"" + key + "\" is not a text", "write a list of texts");
                }
            }
            if (sequence.items().isEmpty()) {
                problems.add(value.position(), "\"" + key + "\" is empty", "write something there, or remove it");
            }
        } else if (value != null) {
            problems.add(value.position(), "\"" + key + "\" has keys", "write a list of texts");
        }
        return texts;
    }

    /** The number of a key, from 1 to 999999; 0 when there is none. */
    int number(String key) {
        Optional<YamlNode.Scalar> text = text(key);
        if (text.isPresent() && !NUMBER.matcher(text.get().text()).matches()) {
            problems.add(
                    positionOf(key),
                    "\"" + key + "\" is not a number from 1 to 999999",
                    "write it like " + key + ": 5");
            return 0;
        }
        return text.map(number -> Integer.parseInt(number.text())).orElse(0);
    }

    /** Reports keys that are not known here. */
    void refuseOthers(String where, List<String> known) {
        members.forEach((key, member) -> {
            if (asked.contains(key)) {
                return;
            }
            if (YamlList.CREDENTIALS.matcher(key).matches()) {
                problems.add(
                        member.key().position(),
                        "\"" + key + "\": a list holds no credentials",
                        YamlList.CREDENTIALS_REMEDY);
            } else {
                problems.add(
                        member.key().position(),
                        "\"" + key + "\" means nothing in " + where,
                        "write one of " + String.join(", ", known));
            }
        });
    }
}
