// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

/**
 * Is told what happens. Events of one {@code ImagePuller} arrive one at a time, in order of {@link PullEvent#time()}, on a
 * thread of their own, and none after the puller was closed. A slow listener slows no transfer: it sees fewer
 * {@link PullEvent.BlobProgress} events, and when more than {@value #MAX_WAITING} events wait for it, only the beginnings
 * and ends of pulls are kept of those that come then.
 *
 * <p>The events of one pull, which share {@link PullEvent#pull()}, follow this grammar:
 *
 * <pre>{@code
 * pull  = PullStarted (Warning | Fallback | Resolved | blob)* (PullCompleted | PullFailed)
 * blob  = BlobProgress* (BlobPresent | BlobQueued (BlobStarted | BlobProgress | BlobRetry)* BlobCompleted?)
 * }</pre>
 *
 * <p>Every pull that was accepted ends with exactly one {@code PullCompleted} or {@code PullFailed}, whatever happens to it,
 * and has no event after that; blobs of one pull are mixed, since they are fetched side by side. A {@code BlobProgress} before
 * {@code BlobQueued} or {@code BlobPresent} is the progress of another process that fetches the same blob. A blob that is taken
 * out of the store during the pull begins anew. Other calls, such as {@code resolve}, have {@code Warning} and {@code Fallback}
 * events alone.
 *
 * <p>A listener may call the puller. A pull within {@link #onEvent} works, but its events are delivered when {@code onEvent}
 * has returned.
 */
@FunctionalInterface
public interface PullListener {
    /** How many events wait for a slow listener at most, beginnings and ends of pulls aside. */
    int MAX_WAITING = 10_000;

    /** Listens to nothing. */
    PullListener NONE = event -> {};

    /** Takes an event. What it throws, errors included, is logged and otherwise ignored. */
    void onEvent(PullEvent event);
}
