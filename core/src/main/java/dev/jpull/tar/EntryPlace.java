// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import org.jspecify.annotations.Nullable;

/**
 * Where in an archive something is, for messages.
 *
 * @param number the number of the entry, from 1
 * @param offset the byte of the archive where its first header starts
 * @param path its path, or null as long as it is not known
 */
record EntryPlace(long number, long offset, @Nullable RawPath path) {
    /** The same entry, whose path is known now. */
    EntryPlace of(RawPath known) {
        return new EntryPlace(number, offset, known);
    }

    /** A refusal of the archive because of this entry. */
    TarException refused(String what) {
        return new TarException("entry " + number + (path == null ? "" : " (" + path + ")")
                + ", whose header is at byte " + offset + " of the archive: " + what);
    }
}
