// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which referrers of an image are wanted.
 *
 * @param artifactTypes the wanted types of artifacts; empty for all
 */
public record ReferrerSelection(Set<String> artifactTypes) {
    /** All referrers. */
    public static final ReferrerSelection ALL = new ReferrerSelection(Set.of());

    /** Copies the set. */
    public ReferrerSelection {
        artifactTypes = Collections.unmodifiableSet(new LinkedHashSet<>(artifactTypes));
    }

    /** Whether artifacts of a type are wanted. */
    public boolean admits(String artifactType) {
        return artifactTypes.isEmpty() || artifactTypes.contains(artifactType);
    }
}
