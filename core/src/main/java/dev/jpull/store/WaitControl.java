// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

/** Controls the waits of one caller for locks of the store: ends them, and is told about them. For use by one thread. */
@FunctionalInterface
public interface WaitControl {
    /** Ends no wait: the limits of the store alone do. */
    WaitControl UNLIMITED = () -> false;

    /** Whether the wait ends without the lock; asked about forty times a second. */
    boolean isCancelled();

    /**
     * Is told, once, that a wait takes noticeable time.
     *
     * @param text what is waited for and which process holds it, as a clause: {@code waiting for …}
     */
    default void waitsFor(String text) {}
}
