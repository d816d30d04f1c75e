// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.finding.SourcePosition;
import java.util.List;

/**
 * One {@code [[registry]]}.
 *
 * @param prefix which images it is for
 * @param primary where they are, asked after the mirrors
 * @param mirrors the mirrors in the order of the file
 * @param blocked whether nothing is pulled from what has this prefix
 * @param position where the table begins
 * @param blockedAt where {@code blocked} is written; where the table begins when it is not written
 */
record RegistryTable(
        Prefix prefix,
        Location primary,
        List<Location> mirrors,
        boolean blocked,
        SourcePosition position,
        SourcePosition blockedAt) {
    RegistryTable {
        mirrors = List.copyOf(mirrors);
    }

    /** What a second table must not contradict: the location, or the prefix of a wildcard without one. */
    String subject() {
        return primary.text().isEmpty() ? prefix.text() : primary.text();
    }
}
