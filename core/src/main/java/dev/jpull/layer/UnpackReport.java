// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What unpacking an image has done.
 *
 * @param entries how many files, directories, links and devices the layers have
 * @param bytes how many bytes their files have, holes included
 * @param notPossible what could not be set or made, in words
 */
public record UnpackReport(long entries, long bytes, List<String> notPossible) {
    private static final int MAX_EXAMPLES = 3;

    /** Copies the list. */
    public UnpackReport {
        notPossible = List.copyOf(notPossible);
    }

    /**
     * The sum over the layers of an image.
     *
     * @param merged what was left out when the layers were merged
     */
    static UnpackReport of(List<ExtractedLayer> layers, List<Omission> merged) {
        Map<Omission.Kind, Omission> sums = new EnumMap<>(Omission.Kind.class);
        Stream.concat(layers.stream().flatMap(layer -> layer.omissions().stream()), merged.stream())
                .forEach(omission -> sums.merge(omission.kind(), omission, UnpackReport::sum));
        return new UnpackReport(
                layers.stream().mapToLong(ExtractedLayer::entries).sum(),
                layers.stream().mapToLong(ExtractedLayer::fileBytes).sum(),
                sums.values().stream().map(UnpackReport::line).toList());
    }

    private static Omission sum(Omission one, Omission other) {
        List<String> examples = new ArrayList<>(one.examples());
        other.examples().stream()
                .limit(Math.max(0, MAX_EXAMPLES - examples.size()))
                .forEach(examples::add);
        return new Omission(one.kind(), one.count() + other.count(), examples);
    }

    private static String line(Omission omission) {
        String examples = String.join(", ", omission.examples());
        return omission.count() + (omission.count() == 1 ? " entry: " : " entries: ")
                + omission.kind().text() + ": " + examples
                + (omission.count() > omission.examples().size() ? ", …" : "");
    }
}
