// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store has of an image in its index.
 *
 * @param name the name of the image, a reference in full; null for the one by which it is pulled
 * @param annotations annotations of the image, in their order
 */
public record StoreEntry(@Nullable String name, Map<String, String> annotations) {
    /** The reference by which the image is pulled, without annotations. */
    public static final StoreEntry PLAIN = new StoreEntry(null, Map.of());

    /** Copies the annotations. */
    public StoreEntry {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }
}
