// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.InternalException;
import dev.jpull.error.PullException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * Makes the threads of one puller and lists those that run, so that closing can wait for them. When one cannot be made, the failure is
 * reported, and a plain thread is given instead: pools and connections that lack a thread would wait for it in silence. Safe for use by
 * several threads.
 */
final class EngineThreads implements ThreadFactory {
    private static final System.Logger LOGGER = System.getLogger(EngineThreads.class.getName());

    private final ThreadFactory factory;
    private final List<Thread> threads = new ArrayList<>();
    private volatile Consumer<PullException> onFailure = failure -> {};

    /**
     * Threads that a factory makes.
     *
     * @param factory a factory of the program, or {@link EngineDefaults#THREADS}
     */
    EngineThreads(ThreadFactory factory) {
        this.factory = factory;
    }

    /** What is told when a thread cannot be made or started; it must not throw. */
    void onFailure(Consumer<PullException> told) {
        onFailure = told;
    }

    /** A daemon thread that is not started yet; its user names it. */
    @Override
    public Thread newThread(Runnable task) {
        Thread thread = made(task);
        synchronized (this) {
            threads.removeIf(each -> each.getState() == Thread.State.TERMINATED);
            threads.add(thread);
        }
        return thread;
    }

    private Thread made(Runnable task) {
        String failure;
        Throwable cause = null;
        try {
            Thread thread = factory.equals(EngineDefaults.THREADS) ? plain(task) : factory.newThread(task);
            if (thread != null && thread.getState() == Thread.State.NEW) {
                thread.setDaemon(true);
                return thread;
            }
            failure = thread == null ? "made no thread" : "returned a thread that was started already";
        } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
            failure = "threw " + e.getClass().getName();
            cause = e;
        }
        PullException unusable = new ConfigurationException(
                "the thread factory " + factory.getClass().getName() + " " + failure
                        + ": it must return a new thread at each call",
                cause);
        LOGGER.log(System.Logger.Level.WARNING, unusable.getMessage());
        onFailure.accept(unusable);
        return plain(task);
    }

    /** A thread whose start reports its failure, as far as the limit of threads allows one. */
    private Thread plain(Runnable task) {
        Thread thread = new Thread(task) {
            @Override
            public synchronized void start() {
                try {
                    super.start();
                } catch (OutOfMemoryError e) {
                    onFailure.accept(new InternalException(
                            "no thread could be started: raise the limit of threads or processes, or have fewer of them",
                            e));
                    throw e;
                }
            }
        };
        thread.setDaemon(true);
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
