// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import java.util.List;
import java.util.stream.Stream;

/** All hostile archives. */
public final class HostileArchives {
    private HostileArchives() {}

    /**
     * The archives, aimed at a directory that they must not get at.
     *
     * @param outside the absolute path of that directory, in ASCII; attacks that go up from the tree aim at one of this name
     */
    public static List<HostileArchive> all(String outside) {
        return Stream.of(
                        PathAttacks.all(outside),
                        LinkAttacks.all(outside),
                        HardLinkAttacks.all(outside),
                        WhiteoutAttacks.all(outside),
                        AttributeAttacks.all(outside),
                        HeaderAttacks.all(),
                        ExtendedHeaderAttacks.all(),
                        SparseAttacks.all(),
                        StreamAttacks.all())
                .flatMap(List::stream)
                .toList();
    }
}
