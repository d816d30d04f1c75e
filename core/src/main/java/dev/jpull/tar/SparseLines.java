// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.IOException;

/** Decimal numbers, one in each line, in whole blocks at the start of the data of an entry. */
final class SparseLines {
    private static final int MAX_DIGITS = 20;

    private final BlockInput in;
    private final long stored;
    private final EntryPlace place;
    private final byte[] block = new byte[BlockInput.BLOCK];
    private int at = BlockInput.BLOCK;
    private long bytes;

    /** Lines of an entry that stores this many bytes. */
    SparseLines(BlockInput in, long stored, EntryPlace place) {
        this.in = in;
        this.stored = stored;
        this.place = place;
    }

    /** The next number. */
    long next() throws IOException {
        byte[] line = new byte[MAX_DIGITS];
        int length = 0;
        for (byte b = read(); b != '\n'; b = read()) {
            if (length == MAX_DIGITS) {
                throw place.refused("its sparse map has a line that is too long");
            }
            line[length++] = b;
        }
        return NumberField.decimal(line, 0, length)
                .orElseThrow(() -> place.refused("its sparse map has a line that is not a number"));
    }

    private byte read() throws IOException {
        if (at == block.length) {
            if (block.length > stored - bytes) {
                throw place.refused("its sparse map has no end within the " + stored + " bytes that are stored");
            }
            if (in.fill(block) < block.length) {
                throw place.refused("the archive ends at byte " + in.position() + ", within a sparse map");
            }
            bytes += block.length;
            at = 0;
        }
        return block[at++];
    }

    /** How many bytes were read, whole blocks. */
    long bytes() {
        return bytes;
    }
}
