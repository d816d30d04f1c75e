// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

/**
 * Gets the events of pulls. Events of one {@code ImagePuller} arrive one at a time, in order of {@link PullEvent#time()}, on a
 * thread of their own, and none after the puller was closed. A slow listener slows no transfer: it gets fewer
 * {@link PullEvent.BlobProgress} and {@link PullEvent.LayerProgress} events, and while more than {@value #MAX_WAITING} events wait for it, new ones are dropped
 * except for the beginnings and ends of pulls.
 *
 * <p>The events of one pull have the same {@link PullEvent#pull()}. As long as none is dropped, their names, each followed by a
 * space, match the first of these regular expressions (with {@link java.util.regex.Pattern#COMMENTS}, that is, without the white
 * space), and the names of those that are about one blob, a {@link PullEvent.BlobEvent}, match the second:
 *
 * <pre>{@code
 * pull: pull-started\s ((warning|fallback)\s)*
 *       ( (resolved\s ((warning|fallback)\s)*
 *           (pull-planned\s ((warning|fallback|blob-\w+|layer-\w+)\s)*)?)? pull-failed\s
 *       | resolved\s ((warning|fallback)\s)*
 *           pull-planned\s ((warning|fallback|blob-\w+|layer-\w+)\s)* pull-completed\s )
 *
 * blob: ( (blob-progress\s)*
 *         ( blob-present\s | blob-queued\s ((blob-started|blob-progress|blob-retry)\s)* (blob-completed\s)? ) )+
 *       | (blob-progress\s)*
 * }</pre>
 *
 * <p>Every accepted pull ends with exactly one {@code pull-completed} or {@code pull-failed}, also when it is cancelled or the
 * puller is closed in time for its delivery, and has no event after that. Blobs are fetched concurrently, so that their events
 * mix. A {@code blob-progress} before {@code blob-queued} or {@code blob-present} is the progress of another process that
 * fetches the same blob. A {@code layer-progress} or {@code layer-completed} comes after the first event of its blob, and only in a
 * pull that verifies or unpacks layers. A blob that is removed from the store during the pull begins again. Other calls, such as
 * {@code resolve}, have {@code warning}, {@code fallback} and {@code layer} events only.
 *
 * <p>Later versions may add events. The grammar holds for what is left of a stream without the events that it does not name: a
 * listener that ignores unknown events keeps working.
 *
 * <p>A listener may call the puller. A pull within {@link #onEvent} works, but its events are delivered when {@code onEvent}
 * has returned.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PullListener {
    /** How many events wait for a slow listener at most, beginnings and ends of pulls aside. */
    int MAX_WAITING = 10_000;

    /** Ignores all events. */
    PullListener NONE = event -> {};

    /**
     * Takes an event. What it throws, errors included, is logged and otherwise ignored.
     *
     * @param event what has happened
     */
    void onEvent(PullEvent event);
}
