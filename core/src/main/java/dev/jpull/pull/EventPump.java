// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings events to a listener on a thread of its own, one at a time and in order. While the listener is busy, progress of one
 * blob is merged, so that a slow listener costs neither time nor memory. An event has its time from the moment at which it
 * gets its place in the order.
 */
final class EventPump {
    private static final System.Logger LOGGER = System.getLogger(EventPump.class.getName());

    /** How long the end of a call waits for the listener, and closing for what is left in the queue. */
    private static final Duration DELIVERY_LIMIT = Duration.ofMillis(500);

    private final PullListener listener;
    private final EngineThreads threads;
    private final Clock clock;
    /** In order; progress of a blob has one place, and moves to the end when there is more of it. */
    @GuardedBy("this")
    private final Map<Object, Waiting> queue = new LinkedHashMap<>();

    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private Instant newest = Instant.MIN;

    @GuardedBy("this")
    private long added;

    @GuardedBy("this")
    private long underWay;

    @GuardedBy("this")
    private boolean lagging;

    @GuardedBy("this")
    private boolean lossy;

    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private boolean closed;

    /** An event and its place in the order. */
    private record Waiting(long position, PullEvent event) {}

    /** What the newest progress of a blob is kept under. */
    private record ProgressOf(long pull, Object digest, String name) {
        /** Not generated: the first call of a generated one links method handles, which takes milliseconds of each small pull. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ProgressOf that
                    && pull == that.pull
                    && digest.equals(that.digest)
                    && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return (Long.hashCode(pull) * 31 + digest.hashCode()) * 31 + name.hashCode();
        }
    }

    /**
     * A pump for one listener.
     *
     * @param threads makes its thread, when there is an event
     * @param clock has the times of events
     */
    EventPump(PullListener listener, EngineThreads threads, Clock clock) {
        this.listener = listener;
        this.threads = threads;
        this.clock = clock;
    }

    /** Puts an event of a call at the end of the queue. */
    synchronized void add(long pull, String image, Function<PullEvent.Header, PullEvent> made) {
        if (closed || ended || PullListener.NONE.equals(listener)) {
            return;
        }
        Instant now = clock.instant();
        newest = now.isAfter(newest) ? now : newest;
        PullEvent event = made.apply(new PullEvent.Header(pull, newest, image));
        if (isTooMuch(event)) {
            return;
        }
        long position = ++added;
        Object key = keyOf(pull, event, position);
        queue.remove(key);
        queue.put(key, new Waiting(position, event));
        if (thread == null) {
            thread = threads.start("jpull-events", this::run);
        }
        notifyAll();
    }

    private static Object keyOf(long pull, PullEvent event, long position) {
        if (event instanceof PullEvent.BlobProgress progress) {
            return new ProgressOf(pull, progress.digest(), event.name());
        }
        return event instanceof PullEvent.LayerProgress progress
                ? new ProgressOf(pull, progress.digest(), event.name())
                : (Object) position;
    }

    /** A listener that stands still must not fill the memory. The callers bound the number of beginnings and ends. */
    @GuardedBy("this")
    private boolean isTooMuch(PullEvent event) {
        if (queue.size() < PullListener.MAX_WAITING
                || event instanceof PullEvent.PullStarted
                || event instanceof PullEvent.PullCompleted
                || event instanceof PullEvent.PullFailed) {
            return false;
        }
        if (!lossy) {
            lossy = true;
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the listener " + listener.getClass().getName() + " is too slow: events are left out");
        }
        return true;
    }

    /** Whether the calling thread is the one that the listener is called on. */
    synchronized boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /**
     * Waits until the listener has seen what happened so far, but not for long: it may be slow. A listener that was too slow
     * once is not waited for again until it has caught up.
     */
    synchronized void drain() {
        if (!lagging && !awaitDelivery(added, System.nanoTime() + DELIVERY_LIMIT.toNanos())) {
            lagging = !closed;
        }
    }

    /** Waits for the delivery of events up to a position; an interrupt does not end that, and is kept for the caller. */
    @GuardedBy("this")
    private boolean awaitDelivery(long position, long deadline) {
        boolean interrupted = false;
        boolean delivered = isDelivered(position);
        while (!delivered && !closed && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            delivered = isDelivered(position);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return delivered;
    }

    @GuardedBy("this")
    private boolean isDelivered(long position) {
        boolean busy = underWay > 0 && underWay <= position;
        return !busy && (queue.isEmpty() || queue.values().iterator().next().position() > position);
    }

    private void run() {
        for (PullEvent event = take(); event != null; event = take()) {
            try {
                listener.onEvent(event);
            } catch (Throwable e) { // an error of the listener is its own: the next event may do better
                LOGGER.log(System.Logger.Level.WARNING, "the listener failed on " + event.name(), e);
            }
        }
    }

    private synchronized @Nullable PullEvent take() {
        underWay = 0;
        notifyAll();
        while (queue.isEmpty()) {
            lagging = false;
            if (closed || ended) {
                return null;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                // The listener has interrupted its own thread: that is not meant for this loop.
                LOGGER.log(System.Logger.Level.DEBUG, "the thread of the listener was interrupted", e);
            }
        }
        Iterator<Waiting> first = queue.values().iterator();
        Waiting next = first.next();
        first.remove();
        underWay = next.position();
        return next.event();
    }

    /** Takes no event any more; the thread ends when the listener has seen what is left. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Whether {@link #end} was called and the listener has got everything. */
    synchronized boolean isOver() {
        return ended && queue.isEmpty();
    }

    /**
     * Lets the listener see what is left, for a short while, and drops the rest: no event is delivered after that. The event
     * that the listener is working on may take longer; its thread ends with it.
     *
     * @param deadline the {@link System#nanoTime()} at which the waiting ends
     */
    synchronized void close(long deadline) {
        if (!isCurrent()) {
            long ownLimit = System.nanoTime() + DELIVERY_LIMIT.toNanos();
            awaitDelivery(added, deadline - ownLimit < 0 ? deadline : ownLimit);
        }
        closed = true;
        queue.clear();
        notifyAll();
    }
}
