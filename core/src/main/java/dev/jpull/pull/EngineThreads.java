// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Makes the threads of one puller and lists those that run, so that closing can wait for them. Safe for use
 * by several threads.
 */
final class EngineThreads implements ThreadFactory {
    private final ThreadFactory factory;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Threads that a factory makes.
     *
     * @param factory a factory of the program, or {@code Thread::new}
     */
    EngineThreads(ThreadFactory factory) {
        this.factory = factory;
    }

    /** A daemon thread that is not started yet; its user names it. */
    @Override
    public synchronized Thread newThread(Runnable task) {
        threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
        Thread thread = factory.newThread(task);
        if (thread == null) {
            throw new IllegalStateException(
                    "the thread factory " + factory.getClass().getName() + " made no thread");
        }
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    /** Starts a thread. */
    Thread start(String name, Runnable task) {
        Thread thread = newThread(task);
        thread.setName(name);
        thread.start();
        return thread;
    }

    /** Whether the calling thread is one of the puller. */
    synchronized boolean isCurrent() {
        return threads.contains(Thread.currentThread());
    }

    private synchronized List<Thread> alive() {
        return threads.stream().filter(Thread::isAlive).toList();
    }

    /**
     * Waits until every thread has ended. An interrupt does not end the waiting; it is kept for the caller.
     *
     * @param deadline the {@link System#nanoTime()} at which the waiting ends
     * @return whether all have ended
     */
    boolean join(long deadline) {
        boolean interrupted = false;
        List<Thread> alive = alive();
        while (!alive.isEmpty() && deadline - System.nanoTime() > 0) {
            try {
                alive.get(0).join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            alive = alive();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive.isEmpty();
    }
}
