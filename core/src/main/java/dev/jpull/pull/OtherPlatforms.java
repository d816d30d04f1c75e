// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.resolve.PullPlan;
import dev.jpull.text.ForeignText;
import dev.jpull.transfer.BlobReport;
import dev.jpull.transfer.TransferPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The manifests and configurations of the other platforms of one pull. They are fetched after the wanted platforms, and none
 * of them fails the pull: a document that cannot be fetched is left out, and their number, their size and their time are
 * bounded. None is held in memory. Safe for use by several threads.
 */
final class OtherPlatforms {
    /** How often a host is asked again for one of them. */
    static final int RETRIES = 2;

    private static final int MAX_CONTENTS = 1_000;
    private static final long MAX_BYTES = 32L << 20;
    /** How long they may take when everything that is wanted is there. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final PullPlan plan;
    private final Cancellation owner;
    private final Cancellation cancellation;
    private final Function<Descriptor, ImageDocument> manifests;
    private final Function<Descriptor, BlobReport> configurations;
    /** By size as well: a manifest with a wrong size for a configuration must not keep a correct manifest from getting it. */
    private final Set<Content> known = new HashSet<>();

    private record Content(Digest digest, long size) {
        static Content of(Descriptor descriptor) {
            return new Content(descriptor.digest(), descriptor.size());
        }

        @Override
        public int hashCode() { // not generated, as RegistryHost.hashCode() explains
            return digest.hashCode();
        }
    }

    private int wanted;
    private int contents;
    private long bytes;
    private int leftOut;
    private @Nullable String reason;

    /**
     * What a plan has of other platforms.
     *
     * @param owner ends the whole pull
     * @param own ends what is fetched for other platforms, and ends with {@code owner}
     * @param manifests fetches a manifest or index within {@code own}
     * @param configurations fetches a configuration within {@code own}
     */
    OtherPlatforms(
            PullPlan plan,
            Cancellation owner,
            Cancellation own,
            Function<Descriptor, ImageDocument> manifests,
            Function<Descriptor, BlobReport> configurations) {
        this.plan = plan;
        this.owner = owner;
        this.cancellation = own;
        this.manifests = manifests;
        this.configurations = configurations;
        this.wanted = plan.blobs().size();
        plan.blobs().forEach(blob -> known.add(Content.of(blob)));
    }

    /** A fetch for each of them, to be run after those of what is wanted. */
    List<TransferPool.Task<Optional<BlobReport>>> tasks() {
        List<TransferPool.Task<Optional<BlobReport>>> tasks = new ArrayList<>();
        for (Descriptor manifest : plan.others()) {
            tasks.add(slot -> fetch(manifest));
        }
        if (wanted == 0) {
            cancellation.cancelAfter(GRACE);
        }
        return tasks;
    }

    /** One of the wanted blobs is there. */
    synchronized void wantedCame() {
        wanted--;
        if (wanted == 0 && !plan.others().isEmpty()) {
            cancellation.cancelAfter(GRACE);
        }
    }

    /** A warning about what was left out, if anything was. */
    synchronized Optional<String> warning() {
        return leftOut == 0
                ? Optional.empty()
                : Optional.of((leftOut == 1 ? "a manifest or configuration" : leftOut + " manifests or configurations")
                        + " of other platforms cannot be fetched and "
                        + (leftOut == 1 ? "is" : "are") + " left out: " + reason);
    }

    private Optional<BlobReport> fetch(Descriptor manifest) {
        try {
            if (!admit(manifest, DocumentJson.MAX_SIZE)) {
                return Optional.empty();
            }
            Optional<Descriptor> config = PullPlan.metadataOf(manifests.apply(manifest));
            if (config.isEmpty() || !isNew(config.get()) || !admit(config.get(), LayerConfig.MAX_SIZE)) {
                return Optional.empty();
            }
            return Optional.of(configurations.apply(config.get()));
        } catch (StoreException e) {
            throw e; // it would meet what is wanted as well
        } catch (PullException e) {
            if (owner.isCancelled() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            leaveOut(
                    cancellation.isCancelled()
                            ? "they took more than " + GRACE.toSeconds() + " seconds"
                            : ForeignText.line(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private synchronized boolean isNew(Descriptor config) {
        return known.add(Content.of(config));
    }

    /** Whether there is room for it among what is fetched for other platforms. */
    private synchronized boolean admit(Descriptor content, long most) {
        if (content.size() > most) {
            leaveOut(content.digest() + " says that it has " + content.size() + " bytes, but at most " + most
                    + " are read");
            return false;
        }
        if (contents == MAX_CONTENTS || bytes + content.size() > MAX_BYTES) {
            leaveOut("at most " + MAX_CONTENTS + " with " + MAX_BYTES + " bytes together are fetched");
            return false;
        }
        contents++;
        bytes += content.size();
        return true;
    }

    private synchronized void leaveOut(String why) {
        leftOut++;
        if (reason == null) {
            reason = why;
        }
    }
}
