// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

/** A task has given its slot back for another pull, and runs again later. */
public final class SlotPreemptedException extends Exception {
    private static final long serialVersionUID = 1L;

    SlotPreemptedException(Throwable cause) {
        super("the slot was given to another pull", cause);
    }
}
