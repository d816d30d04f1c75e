// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.archive.ArchiveFeed;
import dev.jpull.archive.ExportResult;
import dev.jpull.error.PullException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Pulls that feed an archive, one after the other in the order of the archive, while it is written. The first failure ends both. For
 * one call.
 */
final class PullExport {
    private final ArchiveFeed feed;
    private final Operation<ExportResult> writing;
    private final Function<CallOptions, Operation<PulledContent>> puller;

    /** The pull under way, which the failure of the writer ends. */
    @GuardedBy("this")
    private @Nullable Operation<PulledContent> pulling;

    @GuardedBy("this")
    private boolean failed;

    /**
     * A call whose pulls have not begun.
     *
     * @param writing the writing of the archive, which is under way
     * @param puller starts a pull
     */
    PullExport(
            ArchiveFeed feed, Operation<ExportResult> writing, Function<CallOptions, Operation<PulledContent>> puller) {
        this.feed = feed;
        this.writing = writing;
        this.puller = puller;
    }

    /**
     * Pulls the images and waits for the archive.
     *
     * @throws PullException the first failure
     */
    ExportedPulls run(List<CallOptions> wanted) {
        CompletableFuture<?> unused = writing.outcome().whenComplete((result, failure) -> {
            if (failure != null) {
                endPull();
            }
        });
        try {
            Map<String, PulledContent> pulled = pull(wanted);
            ExportResult export = writing.await();
            List<PulledContent> images = new ArrayList<>();
            for (CallOptions each : wanted) {
                PulledContent image = pulled.get(each.storeName());
                if (image != null) {
                    images.add(image);
                }
            }
            return new ExportedPulls(images, export);
        } catch (RuntimeException e) {
            boolean first;
            synchronized (this) {
                first = !failed;
            }
            writing.cancel("was ended, because a pull of the same call failed");
            writing.awaitEnd(System.nanoTime() + Operation.GRACE.toNanos());
            if (!first) {
                ExportResult never =
                        writing.await(); // throws the failure of the writer, of which this one is a consequence
                throw new IllegalStateException("the failed export gave " + never, e);
            }
            throw e;
        }
    }

    private Map<String, PulledContent> pull(List<CallOptions> wanted) {
        Map<String, CallOptions> byName = new HashMap<>();
        wanted.forEach(each -> byName.put(each.storeName(), each));
        Map<String, PulledContent> pulled = new HashMap<>();
        for (String name :
                feed.order(wanted.stream().map(CallOptions::storeName).toList())) {
            CallOptions next = byName.get(name);
            if (next == null) {
                continue;
            }
            Operation<PulledContent> operation = puller.apply(next.with(feed));
            begin(operation);
            PulledContent image = operation.await();
            pulled.put(name, image);
            feed.complete(name, image.root());
        }
        return pulled;
    }

    private void begin(Operation<PulledContent> operation) {
        boolean late;
        synchronized (this) {
            pulling = operation;
            late = failed;
        }
        if (late) {
            endPull();
        }
    }

    private void endPull() {
        Operation<PulledContent> running;
        synchronized (this) {
            failed = true;
            running = pulling;
        }
        if (running != null) {
            running.cancel("was ended, because its archive cannot be written");
        }
    }
}
