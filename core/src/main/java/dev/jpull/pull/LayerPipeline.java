// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.layer.LayerConsumer;
import dev.jpull.layer.LayerRun;
import dev.jpull.layer.PlannedLayer;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.resolve.PullPlan.PlannedImage;
import dev.jpull.store.BlobFront;
import dev.jpull.store.ImageStore;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The work on the layers of one transfer, beside their downloads. A layer is queued for the workers when its download has begun and
 * the configuration, which has its diff ID, has come: a worker never waits for a download that has no slot yet while other layers
 * have bytes. The first failure ends the downloads too. Safe for use by several threads.
 *
 * <p>Its monitor is held for no I/O, and no other lock is taken while it is held.
 */
final class LayerPipeline implements AutoCloseable {
    private final String name;
    private final ImageStore store;
    private final LayerWork work;
    private final Cancellation cancellation;
    private final Map<Digest, BlobFront> fronts = new HashMap<>();
    private final Map<Digest, List<PlannedImage>> images = new HashMap<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** What has been planned, by {@link LayerWork#keyOf}. */
    @GuardedBy("this")
    private final Set<Object> planned = new HashSet<>();

    /** What waits for the download of its blob to begin. */
    @GuardedBy("this")
    private final Map<Digest, List<LayerRun>> waiting = new HashMap<>();

    @GuardedBy("this")
    private final Set<Digest> begun = new HashSet<>();

    /** How many runs have not ended. */
    @GuardedBy("this")
    private int open;

    /** How many runs have a worker. */
    @GuardedBy("this")
    private int running;

    @GuardedBy("this")
    private boolean allPlanned;

    @GuardedBy("this")
    private boolean closed;

    /** Whether a layer could not be worked on, because its blob or configuration is not in the store any more. */
    @GuardedBy("this")
    private boolean incomplete;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    /**
     * A pipeline that waits for the downloads.
     *
     * @param name the image, for messages
     * @param worked the images with layers to work on
     * @param cancellation is cancelled at the first failure
     */
    LayerPipeline(String name, List<PlannedImage> worked, ImageStore store, LayerWork work, Cancellation cancellation) {
        this.name = name;
        this.store = store;
        this.work = work;
        this.cancellation = cancellation;
        for (PlannedImage image : worked) {
            images.computeIfAbsent(image.manifest().config().digest(), config -> new ArrayList<>())
                    .add(image);
            for (Descriptor layer : image.manifest().layers()) {
                fronts.computeIfAbsent(
                        layer.digest(), digest -> new BlobFront(layer.withoutAnnotations(), () -> begin(digest)));
            }
        }
    }

    /** The front that the download of a blob has to move; null for a blob that nothing follows. */
    @Nullable
    BlobFront frontOf(Digest blob) {
        return fronts.get(blob);
    }

    /** A blob is in the store. When it is a configuration, the work on the layers can be planned. */
    void cameIn(Descriptor blob) {
        for (PlannedImage image : images.getOrDefault(blob.digest(), List.of())) {
            Optional<LayerConfig> config =
                    PulledParts.read(name, store, image.manifest().config());
            if (config.isPresent()) {
                plan(image, config.get());
            } else {
                synchronized (this) {
                    incomplete = true;
                }
            }
        }
    }

    /** A blob is in the store, and is not downloaded. */
    void present(Descriptor blob) {
        cameIn(blob);
        BlobFront front = fronts.get(blob.digest());
        if (front != null) {
            front.present();
        }
    }

    private void plan(PlannedImage image, LayerConfig config) {
        List<Descriptor> layers = image.manifest().layers();
        PulledParts.requireDiffIds(name, config, layers.size());
        PlannedLayer.of(name, image.descriptor().digest(), layers, config.diffIds())
                .forEach(this::plan);
    }

    private void plan(PlannedLayer layer) {
        synchronized (this) {
            if (work.finished().has(layer) || !planned.add(work.keyOf(layer))) {
                return;
            }
        }
        LayerConsumer consumer = work.consumerOf(layer).orElse(null);
        BlobFront front = fronts.get(layer.blob().digest());
        if (consumer == null || front == null) {
            return;
        }
        LayerRun run =
                new LayerRun(layer, consumer, store, front, this::isOver, bytes -> work.progressed(layer, bytes));
        synchronized (this) {
            open++;
            if (!begun.contains(layer.blob().digest())) {
                waiting.computeIfAbsent(layer.blob().digest(), blob -> new ArrayList<>())
                        .add(run);
                return;
            }
        }
        submit(run);
    }

    /** The download of a blob has begun. */
    private void begin(Digest blob) {
        List<LayerRun> runs;
        synchronized (this) {
            begun.add(blob);
            runs = waiting.getOrDefault(blob, List.of());
            waiting.remove(blob);
        }
        runs.forEach(this::submit);
    }

    private void submit(LayerRun run) {
        work.workers().execute(() -> work(run));
    }

    private void work(LayerRun run) {
        synchronized (this) {
            if (closed || failure != null) {
                return;
            }
            running++;
        }
        Throwable thrown = null;
        boolean through = false;
        try {
            through = run.run();
            if (through) {
                work.completed(run.layer());
            }
        } catch (Throwable e) { // of any kind: the thread of the pull throws it
            thrown = e;
        }
        ended(through, thrown);
    }

    private void ended(boolean through, @Nullable Throwable thrown) {
        boolean failed;
        boolean last;
        synchronized (this) {
            open--;
            incomplete |= !through;
            failed = thrown != null && failure == null && !closed;
            if (failed) {
                failure = thrown;
            }
            last = open == 0 && allPlanned || failure != null;
        }
        if (failed) {
            fronts.values().forEach(BlobFront::end);
            cancellation.cancel(); // of the downloads: without interrupting, which would close their files
        }
        if (last) {
            over.complete(null);
        }
        synchronized (this) {
            running--;
            notifyAll();
        }
    }

    private boolean isOver() {
        synchronized (this) {
            if (closed || failure != null) {
                return true;
            }
        }
        return cancellation.isCancelled();
    }

    /** Runs the downloads; when they end because the work on a layer has failed, its failure is thrown. */
    <T> T withFailure(Supplier<T> downloads) {
        try {
            return downloads.get();
        } catch (RuntimeException e) {
            if (!isCancellation()) {
                throwFailure();
            }
            throw e;
        }
    }

    /**
     * Waits until all layers are through, after the downloads.
     *
     * @return false if a layer was not, because the store has lost its blob or a configuration
     */
    boolean await() {
        boolean last;
        synchronized (this) {
            allPlanned = true;
            last = open == 0;
        }
        if (last) {
            over.complete(null);
        }
        try {
            cancellation.awaitOrStop(over);
        } catch (InterruptedIOException e) {
            throwFailure();
            throw new PullCancelledException("the pull was cancelled", e);
        }
        throwFailure();
        synchronized (this) {
            return !incomplete;
        }
    }

    /** Whether the work on layers ended because the downloads did, with a failure that says why. */
    private synchronized boolean isCancellation() {
        return failure instanceof PullCancelledException;
    }

    private void throwFailure() {
        Throwable thrown;
        synchronized (this) {
            thrown = failure;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException unexpected) {
            throw unexpected;
        }
        if (thrown != null) {
            throw new IllegalStateException(thrown);
        }
    }

    /** Ends the work: runs that wait for a worker are dropped, and none is running any more when this returns. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        fronts.values().forEach(BlobFront::end);
        boolean interrupted = false;
        synchronized (this) {
            while (running > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // what runs writes files that the caller is about to remove
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
