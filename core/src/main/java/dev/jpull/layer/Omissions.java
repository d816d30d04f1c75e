// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Counts what was not possible, with the first examples. Not thread-safe. */
final class Omissions {
    private static final int MAX_EXAMPLES = 3;

    private final Map<Omission.Kind, Count> counts = new EnumMap<>(Omission.Kind.class);

    private static final class Count {
        long count;
        final List<String> examples = new ArrayList<>();
    }

    void add(Omission.Kind kind, Supplier<String> example) {
        Count count = counts.computeIfAbsent(kind, k -> new Count());
        count.count++;
        if (count.examples.size() < MAX_EXAMPLES) {
            count.examples.add(example.get());
        }
    }

    List<Omission> list() {
        return counts.entrySet().stream()
                .map(entry -> new Omission(entry.getKey(), entry.getValue().count, entry.getValue().examples))
                .toList();
    }
}
