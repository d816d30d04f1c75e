// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.json.JsonException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The index.json that was parsed last, with its bytes: the file is read for each use, because other programs change it too, and most
 * uses find the same bytes again. Given up when memory is short. Safe for use by several threads.
 */
final class ParsedIndex {
    private volatile @Nullable SoftReference<Known> last;

    private record Known(byte[] json, IndexDocument document) {}

    /**
     * Parses an index, unless it is the last one.
     *
     * @throws JsonException if it is no JSON object with entries
     */
    IndexDocument of(byte[] json) throws JsonException {
        SoftReference<Known> reference = last;
        Known known = reference == null ? null : reference.get();
        if (known == null || !Arrays.equals(known.json(), json)) {
            known = new Known(json, IndexDocument.parse(json));
            last = new SoftReference<>(known);
        }
        return known.document();
    }
}
