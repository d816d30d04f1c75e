// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.layer.LayerConsumer;
import dev.jpull.layer.LayerConsumers;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.LayerVerification;
import dev.jpull.layer.LayerWorkers;
import dev.jpull.layer.PlannedLayer;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What one call does with the content of layers, beside storing it. Safe for use by several threads. */
final class LayerWork {
    private static final int MAX_WARNINGS = 10;

    private final @Nullable LayerConsumers consumers;
    private final boolean eachPlace;
    private final LayerWorkers workers;
    private final PullReporter reporter;
    private final FinishedLayers finished = new FinishedLayers();
    private final AtomicInteger warnings = new AtomicInteger();

    /** The work that a call asks for. */
    LayerWork(CallOptions wanted, LayerWorkers workers, LayerDecoding decoding, PullReporter reporter) {
        this.eachPlace = wanted.layers().consumers() != null;
        this.consumers = wanted.layers().consumers() != null || !wanted.layers().verify()
                ? wanted.layers().consumers()
                : new LayerVerification(decoding, this::warn);
        this.workers = workers;
        this.reporter = reporter;
    }

    /** So many bytes of a blob have been worked on. */
    void progressed(PlannedLayer layer, long bytes) {
        Descriptor blob = layer.blob();
        reporter.emit(header -> new PullEvent.LayerProgress(header, blob.digest(), bytes, blob.size()));
    }

    /** A layer is through. */
    void completed(PlannedLayer layer) {
        finished.add(layer);
        Descriptor blob = layer.blob();
        reporter.emit(header -> new PullEvent.LayerCompleted(header, blob.digest(), layer.diffId(), blob.size()));
    }

    /** The layers that are through. */
    FinishedLayers finished() {
        return finished;
    }

    /** An image may have any number of layers that cannot be verified. */
    private void warn(String text) {
        int count = warnings.incrementAndGet();
        if (count <= MAX_WARNINGS) {
            reporter.warn(text + (count == MAX_WARNINGS ? "; of further layers of this kind nothing is said" : ""));
        }
    }

    /** What is done with a layer; empty for nothing. */
    Optional<LayerConsumer> consumerOf(PlannedLayer layer) {
        return consumers == null ? Optional.empty() : consumers.consumerOf(layer);
    }

    /**
     * What must be done once only: each place of each layer when something is made of it; a blob with a diff ID, wherever it is,
     * when that is compared.
     */
    Object keyOf(PlannedLayer layer) {
        return eachPlace ? layer : FinishedLayers.Claim.of(layer);
    }

    /** The threads that do it. */
    LayerWorkers workers() {
        return workers;
    }

    /**
     * Begins the work on the layers of an image, as far as it is not done yet; the work on each one begins with its download.
     *
     * @param name the image, for messages
     */
    LayerPipeline start(String name, PullPlan plan, ImageStore store, Cancellation cancellation) {
        List<PullPlan.PlannedImage> images = new ArrayList<>();
        for (PullPlan.PlannedImage image : consumers == null ? List.<PullPlan.PlannedImage>of() : plan.images()) {
            if (image.manifest().config().mediaType().isImageConfig()) {
                images.add(image);
            } else {
                reporter.warn(
                        image.descriptor().digest() + " in " + name + " is an artifact, and no image: its blobs have no"
                                + " diff IDs, so that nothing is known about their uncompressed content");
            }
        }
        return new LayerPipeline(name, images, store, this, cancellation);
    }
}
