// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.pull.BlobBudget;
import dev.jpull.pull.Operation;
import dev.jpull.pull.OperationWindow;
import dev.jpull.pull.OperationWindow.Outcome;
import dev.jpull.pull.PlannedContent;
import dev.jpull.pull.PullEngine;
import dev.jpull.pull.UpdatedContent;
import dev.jpull.store.ImageStore;
import dev.jpull.store.WaitControl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run over lists of images, with one engine: it limits the transfers over all images, and a blob that several of them need is
 * requested once, because an ingest has one writer. {@link #run} has the steps in their order.
 */
public final class SyncRun {
    /** How many images are resolved and pulled at the same time. Each has a thread, and up to 16 MiB of manifests. */
    private static final int IN_FLIGHT = 8;

    private final PullEngine engine;
    private final SyncOptions options;
    private final Cancellation cancellation;
    private final OperationWindow window;
    private final List<SyncedContent.Image> failed = new ArrayList<>();

    /** A run that has not begun. */
    public SyncRun(PullEngine engine, SyncOptions options, Cancellation cancellation) {
        this.engine = engine;
        this.options = options;
        this.cancellation = cancellation;
        this.window = new OperationWindow(IN_FLIGHT, options.keepGoing(), cancellation);
    }

    /**
     * Does it.
     *
     * @throws ConfigurationException if the lists name no image
     * @throws PullException the first failure, unless the run keeps going
     */
    public SyncedContent run() {
        if (options.entries().isEmpty()) {
            // With pruning it would empty the store, and an empty list is the output of a generator that failed, as a
            // rule.
            throw new ConfigurationException("the lists name no image"
                    + (options.prune() ? ", and pruning would remove all that lists brought" : "")
                    + ": write at least one; to remove images, name them to jpull store rm");
        }
        WantedImages wanted = wanted();
        List<WantedImage> images = List.copyOf(wanted.all());
        List<SyncedContent.Image> done = new ArrayList<>(options.dryRun() ? plan(images) : update(images));
        done.addAll(failed);
        SyncedContent result = new SyncedContent(done, null);
        return options.prune() && !result.hasFailures() ? new SyncedContent(done, prune(images)) : result;
    }

    /** The images that the lists mean. */
    private WantedImages wanted() {
        WantedImages wanted = new WantedImages(options);
        for (TagSearch.Found found : new TagSearch(window, this::tags).find(options.entries())) {
            PullException failure = found.tags().failure();
            String repository = found.entry().repository().name();
            if (failure != null) {
                failed.add(SyncedContent.Image.failed(repository, repository, failure));
            }
            List<String> tags = found.tags().value();
            wanted.add(found.entry(), tags == null ? List.of() : tags);
        }
        if (failed.isEmpty()) {
            wanted.requireAllRenamesUsed();
        }
        return wanted;
    }

    private Operation<List<String>> tags(String repository) {
        return engine.tags(repository, Integer.MAX_VALUE);
    }

    private List<SyncedContent.Image> update(List<WantedImage> images) {
        List<Supplier<Operation<UpdatedContent>>> starts = new ArrayList<>();
        images.forEach(image -> starts.add(() -> engine.update(image.options())));
        List<Outcome<UpdatedContent>> outcomes = window.run(starts);
        List<SyncedContent.Image> done = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            WantedImage image = images.get(i);
            UpdatedContent updated = outcomes.get(i).value();
            done.add(
                    updated == null
                            ? failed(image, outcomes.get(i).failure())
                            : new SyncedContent.Image(
                                    image.name(),
                                    image.source().toString(),
                                    updated.image().root().digest(),
                                    updated.state(),
                                    updated.image().bytesFetched(),
                                    null));
        }
        return done;
    }

    private List<SyncedContent.Image> plan(List<WantedImage> images) {
        List<Supplier<Operation<PlannedContent>>> starts = new ArrayList<>();
        BlobBudget budget = new BlobBudget();
        images.forEach(image -> starts.add(() -> engine.plan(image.options(), budget)));
        List<Outcome<PlannedContent>> outcomes = window.run(starts);
        Set<Digest> counted = new HashSet<>();
        List<SyncedContent.Image> done = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            WantedImage image = images.get(i);
            PlannedContent planned = outcomes.get(i).value();
            done.add(
                    planned == null
                            ? failed(image, outcomes.get(i).failure())
                            : new SyncedContent.Image(
                                    image.name(),
                                    image.source().toString(),
                                    planned.root().digest(),
                                    planned.state(),
                                    sizeOf(planned, counted),
                                    null));
        }
        return done;
    }

    /** The bytes that the images before it would not have brought. */
    private static long sizeOf(PlannedContent planned, Set<Digest> counted) {
        long bytes = 0;
        for (Descriptor blob : planned.missing()) {
            if (counted.add(blob.digest())) {
                bytes = bytes > Long.MAX_VALUE - blob.size() ? Long.MAX_VALUE : bytes + blob.size();
            }
        }
        return bytes;
    }

    private static SyncedContent.Image failed(WantedImage image, @Nullable PullException failure) {
        if (failure == null) {
            throw new IllegalStateException("nothing is known of " + image);
        }
        return SyncedContent.Image.failed(image.name(), image.source().toString(), failure);
    }

    private SyncedContent.Pruned prune(List<WantedImage> images) {
        ImageStore store = engine.existingStore().orElse(null);
        if (store == null) {
            return new SyncedContent.Pruned(List.of(), 0);
        }
        WaitControl wait = cancellation::isCancelled;
        SyncPrune prune =
                new SyncPrune(store, images.stream().map(WantedImage::name).collect(Collectors.toSet()), wait);
        return options.dryRun() ? prune.plan() : prune.run();
    }
}
