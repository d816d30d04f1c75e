// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import dev.jpull.image.Digest;
import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A value of a build that comes from outside of it, as a {@code ValueSource} of Gradle obtains one: its parameters are serializable, and
 * what it obtains is a serializable value that is the same for the same images, so that it can be part of a cache key.
 *
 * @param images the pulls
 */
// begin
record ImageDigests(List<PullWork> images) implements Supplier<SortedMap<String, Digest>>, Serializable {
    private static final long serialVersionUID = 1;

    ImageDigests {
        images = List.copyOf(images);
    }

    @Override
    public SortedMap<String, Digest> get() {
        SortedMap<String, Digest> digests = new TreeMap<>();
        images.stream().map(PullWork::call).forEach(image -> digests.put(image.name(), image.digest()));
        return digests;
    }
}
// end
