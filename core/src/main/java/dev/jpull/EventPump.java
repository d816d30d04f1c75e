// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings events to a listener on a thread of its own, one at a time and in order. While the listener is busy, progress
 * of one blob is merged, so that a slow listener costs neither time nor memory.
 */
final class EventPump implements PullListener, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(EventPump.class.getName());
    private static final long CLOSE_MILLIS = 100;
    private static final long DRAIN_NANOS = Duration.ofSeconds(2).toNanos();

    private final PullListener listener;
    private final Deque<Object> queue = new ArrayDeque<>();
    private final Map<Object, PullEvent> progress = new HashMap<>();
    private @Nullable Thread thread;
    private boolean busy;
    private boolean closed;

    /** Stands in the queue for the newest progress of a blob. */
    private record ProgressOf(String image, Object digest) {}

    EventPump(PullListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void onEvent(PullEvent event) {
        if (closed || listener.equals(PullListener.NONE)) {
            return;
        }
        if (thread == null) {
            thread = new Thread(this::run, "jpull-events");
            thread.setDaemon(true);
            thread.start();
        }
        if (event instanceof PullEvent.BlobProgress newest) {
            ProgressOf key = new ProgressOf(newest.image(), newest.digest());
            if (progress.put(key, newest) == null) {
                queue.add(key);
            }
        } else {
            queue.add(event);
        }
        notifyAll();
    }

    /** Waits until the listener has seen everything that happened so far, but not for long: it may be slow. */
    synchronized void drain() {
        long end = System.nanoTime() + DRAIN_NANOS;
        try {
            for (long left = DRAIN_NANOS;
                    left > 0 && !closed && (busy || !queue.isEmpty());
                    left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        for (PullEvent event = take(); event != null; event = take()) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException e) {
                LOGGER.log(System.Logger.Level.WARNING, "a listener failed", e);
            }
        }
    }

    private synchronized @Nullable PullEvent take() {
        busy = false;
        notifyAll();
        try {
            while (queue.isEmpty()) {
                if (closed) {
                    return null;
                }
                wait();
            }
        } catch (InterruptedException e) {
            return null;
        }
        busy = true;
        Object next = queue.remove();
        return next instanceof PullEvent event ? event : progress.remove(next);
    }

    /** Lets the listener see what is left, for a short while. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
            notifyAll();
        }
        if (running != null && !running.equals(Thread.currentThread())) {
            try {
                running.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
