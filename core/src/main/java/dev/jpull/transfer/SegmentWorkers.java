// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that help downloads with connections of their own, while there are connections to have and a host gets faster by
 * more of them. A helper fetches a part of a blob from the host that sends it already; whatever goes wrong, the download
 * itself fetches what the helper leaves. Shared by all pulls of one engine; safe for use by several threads.
 */
public final class SegmentWorkers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(SegmentWorkers.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(2);

    private final ConnectionBudget connections;
    private final boolean spread;
    private final ThreadPoolExecutor executor;

    /**
     * Starts no thread before it is needed.
     *
     * @param spread whether blobs are fetched from all capable hosts at once, instead of from the first that does
     */
    public SegmentWorkers(ConnectionBudget connections, boolean spread) {
        this(connections, spread, Thread::new);
    }

    /**
     * Starts no thread before it is needed.
     *
     * @param spread whether blobs are fetched from all capable hosts at once, instead of from the first that does
     * @param threads makes the threads
     */
    SegmentWorkers(ConnectionBudget connections, boolean spread, ThreadFactory threads) {
        this.connections = connections;
        this.spread = spread;
        this.executor = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("jpull-segment");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    ConnectionBudget connections() {
        return connections;
    }

    /** Helps with a blob, if somebody can: from the host that has least to do. */
    void offer(BlobTransfer blob) {
        while (blob.segments().hasRoom()) {
            List<RegistryEndpoint> sources = new ArrayList<>(blob.helpableSources());
            sources.sort(Comparator.comparingInt(
                    host -> connections.activeOf(host.host().origin())));
            RegistryEndpoint free = sources.stream()
                    .filter(host -> connections.enterIfFree(host.host().origin()))
                    .findFirst()
                    .orElse(null);
            if (free == null) {
                return;
            }
            if (!start(blob, free)) {
                connections.leave(free.host().origin());
                return;
            }
        }
    }

    /** Whether blobs are fetched from all capable hosts at once. */
    boolean isSpread() {
        return spread;
    }

    private boolean start(BlobTransfer blob, RegistryEndpoint source) {
        Optional<SegmentPlan.Segment> first =
                Optional.ofNullable(blob.segments().takeOrSplit());
        if (first.isEmpty()) {
            return false;
        }
        if (!blob.helperComes()) {
            blob.segments().leave(first.get());
            return false;
        }
        try {
            executor.execute(() -> help(blob, source, first.get()));
            return true;
        } catch (RejectedExecutionException e) {
            LOGGER.log(System.Logger.Level.TRACE, "closed", e);
            blob.segments().leave(first.get());
            blob.helperGoes();
            return false;
        }
    }

    private void help(BlobTransfer blob, RegistryEndpoint source, SegmentPlan.Segment first) {
        String origin = source.host().origin();
        Cancellation cancellation = blob.helperScope();
        try {
            SegmentPlan.Segment segment = first;
            while (segment != null && fetch(blob, source, segment, cancellation)) {
                segment =
                        connections.isCrowded(origin) || !blob.helpableSources().contains(source)
                                ? null
                                : blob.segments().takeOrSplit();
            }
        } catch (HostFailure e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a helper failed", e);
            if (blob.helperFailed(source, e, cancellation)) {
                connections.complained(origin);
            }
        } catch (RuntimeException e) {
            blob.fail(e);
        } finally {
            connections.leave(origin);
            blob.helperGoes();
        }
    }

    /** Fetches a segment; returns whether there is a point in fetching another one. */
    private static boolean fetch(
            BlobTransfer blob, RegistryEndpoint source, SegmentPlan.Segment segment, Cancellation cancellation)
            throws HostFailure {
        try {
            Optional<BlobStream> opened = blob.openForHelper(source, segment, cancellation);
            if (opened.isEmpty()) {
                return false;
            }
            try (BlobStream stream = opened.get()) {
                blob.reader().copy(stream, segment, source);
            }
            return true;
        } finally {
            blob.segments().leave(segment);
        }
    }

    /** Starts no more; those at work end with their downloads. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
