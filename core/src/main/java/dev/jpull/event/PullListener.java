// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

/**
 * Is told what happens. Events of one {@code ImagePuller} arrive one at a time, in order, on a thread of their own: a
 * slow listener slows no transfer, it only sees fewer {@link PullEvent.BlobProgress} events. The grammar for one blob is
 * {@code present | started (progress | retry)* completed?}.
 */
@FunctionalInterface
public interface PullListener {
    /** Listens to nothing. */
    PullListener NONE = event -> {};

    /** Takes an event. What it throws is logged and otherwise ignored. */
    void onEvent(PullEvent event);
}
