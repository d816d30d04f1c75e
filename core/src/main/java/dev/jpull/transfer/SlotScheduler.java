// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Which tasks run: a limited number at once, which may change, shared by the pulls. A free slot goes to the pull with fewest slots. When none is
 * free, the pull with most slots gives one back, as long as that makes the shares more even; when there are more pulls than
 * slots, they take turns. Starts no threads. Safe for use by several threads.
 *
 * <p>Lock order: the monitor of the scheduler, then that of a {@link DownloadSlot} or of what says how many slots there are. Tasks are started, and preempted, outside of
 * the monitor.
 */
final class SlotScheduler {
    /** How long a task keeps its slot at least, when another pull has at least two fewer. */
    static final long SLICE = Duration.ofSeconds(3).toNanos();

    /** How long a task keeps its slot at least, when another pull has none and no pull has more than one. */
    static final long TURN = Duration.ofSeconds(20).toNanos();

    private final IntSupplier most;
    private final LongSupplier nanoTime;

    /** The shares of the open pulls; the monitor guards the fields of {@link Share} as well. */
    @GuardedBy("this")
    private final List<Share> shares = new ArrayList<>();

    @GuardedBy("this")
    private int used;

    /** How many slots were granted so far. */
    @GuardedBy("this")
    private long grants;

    /** The tasks of one pull; the monitor of the scheduler guards every field. */
    final class Share {
        private final Deque<Consumer<DownloadSlot>> waiting = new ArrayDeque<>();
        private final List<DownloadSlot> running = new ArrayList<>();
        private long granted;
        /** For how long its tasks had slots, beginning with as much as the pull that had least when this one came. */
        private long spent;

        private boolean closed;

        /**
         * A task that may run as soon as there is a slot.
         *
         * @param task starts when it is given a slot, and does not block
         * @return whether the share takes tasks
         */
        boolean add(Consumer<DownloadSlot> task) {
            synchronized (SlotScheduler.this) {
                if (closed) {
                    return false;
                }
                waiting.add(task);
            }
            dispatch();
            return true;
        }

        /** Whether a task waits for a slot. */
        boolean hasWaiting() {
            synchronized (SlotScheduler.this) {
                return !waiting.isEmpty();
            }
        }

        /** The task that had the slot has ended. */
        void release(DownloadSlot slot) {
            refuse(slot);
            dispatch();
        }

        /** The task that was given the slot could not start. */
        void refuse(DownloadSlot slot) {
            synchronized (SlotScheduler.this) {
                if (running.remove(slot)) {
                    spent += nanoTime.getAsLong() - slot.since();
                    used--;
                }
            }
        }

        /** Starts no more tasks. Returns how many were waiting. */
        int close() {
            synchronized (SlotScheduler.this) {
                int dropped = waiting.size();
                waiting.clear();
                closed = true;
                shares.remove(this);
                return dropped;
            }
        }
    }

    private record Grant(Consumer<DownloadSlot> task, DownloadSlot slot) {}

    /**
     * A scheduler without pulls.
     *
     * @param most how many tasks may run at present
     */
    SlotScheduler(IntSupplier most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /** Another pull. */
    synchronized Share open() {
        Share share = new Share();
        long now = nanoTime.getAsLong();
        share.spent = shares.stream()
                .mapToLong(other -> other.spent
                        + other.running.stream()
                                .mapToLong(slot -> now - slot.since())
                                .sum())
                .min()
                .orElse(0);
        shares.add(share);
        return share;
    }

    /** Starts what may run: to be called when the number of slots may have grown. */
    void dispatch() {
        for (Optional<Grant> next = next(); next.isPresent(); next = next()) {
            next.get().task().accept(next.get().slot());
        }
    }

    private synchronized Optional<Grant> next() {
        Optional<Share> neediest = used < most.getAsInt() ? neediest() : Optional.empty();
        return neediest.map(share -> {
            used++;
            share.granted = ++grants;
            DownloadSlot slot = new DownloadSlot(nanoTime.getAsLong(), share::hasWaiting);
            share.running.add(slot);
            return new Grant(share.waiting.remove(), slot);
        });
    }

    /**
     * Of the pulls with waiting tasks the one that has fewest slots; of several, the one that had slots for the least time: a pull
     * with many short tasks does not wait for a turn of a slow one before each of them.
     */
    @GuardedBy("this")
    private Optional<Share> neediest() {
        return shares.stream().filter(share -> !share.waiting.isEmpty()).min(SlotScheduler::byNeed);
    }

    /** Compared step by step: the comparators of the runtime link method handles, which takes milliseconds of each small pull. */
    private static int byNeed(Share one, Share other) {
        if (one.running.size() != other.running.size()) {
            return Integer.compare(one.running.size(), other.running.size());
        }
        return one.spent != other.spent
                ? Long.compare(one.spent, other.spent)
                : Long.compare(one.granted, other.granted);
    }

    /** Preempts a slot when a pull has too few: to be called from time to time while tasks wait. */
    void rebalance() {
        preemptible().ifPresent(DownloadSlot::preempt);
    }

    private synchronized Optional<DownloadSlot> preemptible() {
        Optional<Share> neediest = neediest();
        boolean pending =
                shares.stream().flatMap(share -> share.running.stream()).anyMatch(DownloadSlot::isPreempted);
        if (used < most.getAsInt() || neediest.isEmpty() || pending) {
            return Optional.empty();
        }
        int few = neediest.get().running.size();
        long now = nanoTime.getAsLong();
        Optional<DownloadSlot> slowest = shares.stream()
                .filter(share -> share.running.size() >= few + 2)
                .max(Comparator.comparingInt(share -> share.running.size()))
                .flatMap(share -> share.running.stream()
                        .filter(slot -> slot.isPreemptible() && now - slot.since() >= SLICE)
                        .min(Comparator.comparingDouble(slot -> slot.rate(now))));
        if (slowest.isPresent() || few > 0) {
            return slowest;
        }
        return shares.stream()
                .flatMap(share -> share.running.stream())
                .filter(slot -> slot.isPreemptible() && now - slot.since() >= TURN)
                .max(Comparator.comparingLong(slot -> now - slot.since()));
    }

    /** How many tasks run and wait. */
    synchronized int tasks() {
        return used + shares.stream().mapToInt(share -> share.waiting.size()).sum();
    }

    /** How many tasks run. */
    synchronized int used() {
        return used;
    }
}
