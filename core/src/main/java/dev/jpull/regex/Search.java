// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Looks for a match in a text. It tries one way after the other in the order of preference, and no step twice at the same position,
 * so that all its matches together take at most as many steps as the program has, for each character. For use by one thread.
 */
final class Search {
    private final Program program;
    private final String text;
    private final BitSet tried = new BitSet();
    private final int[] positions;
    /** Ways that are still to be tried, in pairs: a step and a position, or a slot and what it is set back to. */
    private int[] pending = new int[64];

    private int size;

    Search(Program program, String text) {
        this.program = program;
        this.text = text;
        this.positions = new int[2 * (program.groups() + 1)];
    }

    /**
     * The first match from a position on.
     *
     * @param first the position; not before the end of the last match
     * @return where the match and each group begins and ends, -1 for a group that has no part in it; empty when there is none
     */
    int[] from(int first) {
        forget(first);
        for (int begin = first; begin <= text.length(); begin++) {
            Arrays.fill(positions, -1);
            int end = matchAt(begin);
            if (end >= 0) {
                positions[0] = begin;
                positions[1] = end;
                return positions.clone();
            }
        }
        return new int[0];
    }

    /**
     * Steps behind a position have failed for every search; those at it may be a part of the match that ends there. Steps before it
     * are not taken again.
     */
    private void forget(int position) {
        for (int step = 0; step < program.steps().size(); step++) {
            tried.clear(state(step, position));
        }
    }

    private int state(int step, int position) {
        return step * (text.length() + 1) + position;
    }

    /** The end of the match that begins at a position, or -1. */
    private int matchAt(int begin) {
        size = 0;
        push(program.start(), begin);
        while (size > 0) {
            int position = pending[--size];
            int step = pending[--size];
            if (step < 0) {
                positions[-step] = position;
            } else {
                int end = follow(step, position);
                if (end >= 0) {
                    return end;
                }
            }
        }
        return -1;
    }

    /** Follows one way, and leaves the others for later. */
    private int follow(int first, int begin) {
        int step = first;
        int position = begin;
        while (true) {
            int state = state(step, position);
            if (tried.get(state)) {
                return -1;
            }
            tried.set(state);
            Instruction instruction = program.steps().get(step);
            if (instruction instanceof Instruction.Read read) {
                if (position == text.length() || !read.set().contains(text.charAt(position))) {
                    return -1;
                }
                position++;
                step = read.next();
            } else if (instruction instanceof Instruction.Split split) {
                push(split.second(), position);
                step = split.first();
            } else if (instruction instanceof Instruction.Save save) {
                push(-save.slot(), positions[save.slot()]);
                positions[save.slot()] = position;
                step = save.next();
            } else if (instruction instanceof Instruction.Check check) {
                if (!check.boundary().isAt(text, position)) {
                    return -1;
                }
                step = check.next();
            } else {
                return position;
            }
        }
    }

    private void push(int step, int position) {
        if (size + 2 > pending.length) {
            pending = Arrays.copyOf(pending, 2 * pending.length);
        }
        pending[size++] = step;
        pending[size++] = position;
    }
}
