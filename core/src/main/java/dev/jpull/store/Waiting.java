// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

/** A caller that may have to wait for a lock. For use by one thread. */
@FunctionalInterface
public interface Waiting {
    /** A caller that waits as long as it is allowed to. */
    Waiting PATIENT = () -> false;

    /** Whether the caller no longer wants what it waits for; asked about forty times a second. */
    boolean isCancelled();

    /**
     * Is told, once, that a wait takes noticeable time.
     *
     * @param text what is waited for and which process holds it, as a clause: {@code waiting for …}
     */
    default void waitsFor(String text) {}
}
