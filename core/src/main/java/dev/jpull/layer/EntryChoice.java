// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.TarEntry;
import java.util.List;

/** Chooses what of an archive is unpacked. */
@FunctionalInterface
interface EntryChoice {
    /** Chooses all of it. */
    EntryChoice ALL = (number, entry) -> List.of(entry);

    /**
     * The entries to unpack in the place of one of the archive; none to leave it out. The first may have its content, the others
     * can be links to that.
     *
     * @param number which entry of the archive it is, from 0
     */
    List<TarEntry> chosen(long number, TarEntry entry);
}
