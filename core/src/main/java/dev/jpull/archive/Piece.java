// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Digest;
import dev.jpull.tar.RawPath;

/** What an entry of an archive has, and where that is by now. */
sealed interface Piece {
    /** Content that is small enough for memory. */
    record Held(byte[] content) implements Piece {}

    /** Content that is in the store. */
    record Stored(Digest digest, long size) implements Piece {}

    /** A link to another entry of the archive. */
    record Link(RawPath target) implements Piece {}
}
