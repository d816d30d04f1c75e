// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.util.Arrays;

/** A set of the numbers of files in one file system: 16 to 32 bytes for each, by open addressing. Not thread-safe. */
final class InodeSet {
    private static final long FREE = 0; // no file has this number

    private long[] slots = new long[64];
    private int size;

    int size() {
        return size;
    }

    boolean contains(long inode) {
        return slots[slot(inode)] == inode;
    }

    void add(long inode) {
        int slot = slot(inode);
        if (slots[slot] == FREE) {
            slots[slot] = inode;
            size++;
            if (size > slots.length / 2) {
                rehash(slots.length * 2);
            }
        }
    }

    void remove(long inode) {
        int slot = slot(inode);
        if (slots[slot] == inode && inode != FREE) {
            slots[slot] = FREE;
            size--;
            // What was put behind it because the slot was taken moves up.
            for (int next = next(slot); slots[next] != FREE; next = next(next)) {
                long moved = slots[next];
                slots[next] = FREE;
                slots[slot(moved)] = moved;
            }
        }
    }

    private void rehash(int length) {
        long[] old = slots;
        slots = new long[length];
        Arrays.stream(old).filter(inode -> inode != FREE).forEach(inode -> slots[slot(inode)] = inode);
    }

    /** Where a number is, or belongs. */
    private int slot(long inode) {
        int slot = (int) (inode * 0x9E3779B97F4A7C15L >>> 32) & slots.length - 1;
        while (slots[slot] != FREE && slots[slot] != inode) {
            slot = next(slot);
        }
        return slot;
    }

    private int next(int slot) {
        return slot + 1 & slots.length - 1;
    }
}
