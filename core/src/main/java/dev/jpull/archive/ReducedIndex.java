// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.archive.StoredGraph.Part;
import dev.jpull.error.IntegrityException;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An index without the manifests that an archive does not carry: most readers fail when an index names one that is absent. */
final class ReducedIndex {
    private static final String MANIFESTS = "manifests";

    private ReducedIndex() {}

    /**
     * The index with what is carried, each entry as it is in the original. Of a nested index that is not carried as a whole, its
     * entries take its place.
     *
     * @param original the content of the index
     * @param root the same, read
     * @param carried the manifests and blobs that are carried
     */
    static byte[] of(byte[] original, Part root, Set<Part> carried) {
        Map<String, Object> reduced = new LinkedHashMap<>();
        try {
            JsonValue.parse(original).members().forEach((name, member) -> reduced.put(name, member.toPlain()));
        } catch (JsonException e) {
            throw new IntegrityException("the index is not usable: " + e.getMessage());
        }
        List<Object> entries = new ArrayList<>();
        add(root, carried, entries);
        reduced.put(MANIFESTS, entries);
        return JsonValue.write(reduced);
    }

    private static void add(Part index, Set<Part> carried, List<Object> entries) {
        for (Part child : index.children()) {
            if (isWhole(child, carried)) {
                entries.add(child.json());
            } else {
                add(child, carried, entries);
            }
        }
    }

    private static boolean isWhole(Part part, Set<Part> carried) {
        return part.isIndex()
                ? part.document() != null && part.children().stream().allMatch(child -> isWhole(child, carried))
                : carried.contains(part);
    }
}
