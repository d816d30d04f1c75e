// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ChainId;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.pull.PulledContent.LayerContent;
import dev.jpull.pull.PulledContent.PlatformContent;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import dev.jpull.transfer.BlobReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The platforms, layers and chain IDs of an image that is in the store.
 *
 * @param name the image, for messages
 * @param finished the layers whose content was compared with their diff IDs
 */
record PulledParts(String name, ImageStore store, FinishedLayers finished) {
    /**
     * The images of a plan, one for each platform.
     *
     * @param blobs how their blobs came; those that are not in it were there
     * @return the images, or empty when the configuration of one is not in the store, or is damaged
     * @throws IntegrityException if a configuration does not match its manifest
     */
    Optional<List<PlatformContent>> platforms(PullPlan plan, Map<Digest, BlobReport> blobs) {
        List<PlatformContent> platforms = new ArrayList<>();
        for (PullPlan.PlannedImage planned : plan.images()) {
            Descriptor config = planned.manifest().config();
            Optional<LayerConfig> read = config.mediaType().isImageConfig() ? read(config) : Optional.empty();
            if (read.isEmpty() && config.mediaType().isImageConfig()) {
                return Optional.empty();
            }
            platforms.add(platform(planned, read.orElse(null), blobs));
        }
        return Optional.of(platforms);
    }

    private PlatformContent platform(
            PullPlan.PlannedImage planned, @Nullable LayerConfig read, Map<Digest, BlobReport> blobs) {
        Descriptor config = planned.manifest().config();
        List<Descriptor> layers = planned.manifest().layers();
        List<Digest> diffIds = read == null ? List.of() : read.diffIds();
        if (read != null) {
            requireDiffIds(name, read, layers.size());
        }
        List<Digest> chain = ChainId.chain(diffIds);
        List<LayerContent> contents = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            BlobReport report =
                    blobs.getOrDefault(layers.get(i).digest(), new BlobReport(layers.get(i), "", 0, 0, 0, true));
            contents.add(
                    read == null
                            ? layer(layers.get(i), null, null, report)
                            : layer(layers.get(i), diffIds.get(i), chain.get(i), report));
        }
        return new PlatformContent(
                read == null ? planned.descriptor().platform() : read.platform().normalised(Platform.host()),
                planned.descriptor().withoutAnnotations(),
                config.withoutAnnotations(),
                chain.isEmpty() ? null : chain.get(chain.size() - 1),
                contents);
    }

    /** Checks that a configuration has a diff ID for each layer of its manifest. */
    static void requireDiffIds(String name, LayerConfig config, int layers) {
        if (config.diffIds().size() != layers) {
            throw new IntegrityException("the configuration of " + name + " lists "
                    + config.diffIds().size() + " diff IDs, but its manifest " + layers + " layers");
        }
    }

    private Optional<LayerConfig> read(Descriptor config) {
        return read(name, store, config);
    }

    /** Reads a configuration; empty when it is not in the store, or is damaged. */
    static Optional<LayerConfig> read(String name, ImageStore store, Descriptor config) {
        if (config.size() > LayerConfig.MAX_SIZE) {
            throw new IntegrityException("the configuration of " + name + " has " + config.size()
                    + " bytes, but at most " + LayerConfig.MAX_SIZE + " are read");
        }
        return store.document(config.digest(), LayerConfig.MAX_SIZE).map(LayerConfig::parse);
    }

    private LayerContent layer(Descriptor layer, @Nullable Digest diffId, @Nullable Digest chainId, BlobReport report) {
        return new LayerContent(
                store.pathOf(layer.digest()),
                new Descriptor(layer.mediaType(), layer.digest(), layer.size()),
                diffId,
                chainId,
                diffId != null && finished.hasCompared(layer.digest(), diffId),
                report,
                null);
    }
}
