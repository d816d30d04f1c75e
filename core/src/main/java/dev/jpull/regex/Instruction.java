// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

/** A step of a {@link Program}; steps are named by their index. */
sealed interface Instruction {
    /** The whole expression has matched. */
    record Match() implements Instruction {}

    /** Reads one character of a set. */
    record Read(AsciiSet set, int next) implements Instruction {}

    /** Goes on in two ways, of which the first is preferred. */
    record Split(int first, int second) implements Instruction {}

    /** Remembers the position; an even slot is the begin of a group, the next one its end. */
    record Save(int slot, int next) implements Instruction {}

    /** Goes on at such a place only. */
    record Check(Boundary boundary, int next) implements Instruction {}
}
