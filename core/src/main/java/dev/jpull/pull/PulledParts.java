// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ChainId;
import dev.jpull.manifest.ImageConfig;
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
 */
record PulledParts(String name, ImageStore store) {
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
            Optional<ImageConfig> read = config.mediaType().isImageConfig() ? read(config) : Optional.empty();
            if (read.isEmpty() && config.mediaType().isImageConfig()) {
                return Optional.empty();
            }
            platforms.add(platform(planned, read.orElse(null), blobs));
        }
        return Optional.of(platforms);
    }

    private PlatformContent platform(
            PullPlan.PlannedImage planned, @Nullable ImageConfig read, Map<Digest, BlobReport> blobs) {
        Descriptor config = planned.manifest().config();
        List<Descriptor> layers = planned.manifest().layers();
        List<Digest> diffIds = read == null ? List.of() : read.diffIds();
        if (read != null && diffIds.size() != layers.size()) {
            throw new IntegrityException("the configuration of " + name + " lists " + diffIds.size()
                    + " diff IDs, but its manifest " + layers.size() + " layers");
        }
        List<LayerContent> contents = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            contents.add(layer(layers.get(i), read == null ? null : diffIds.get(i), blobs));
        }
        List<Digest> chain = ChainId.chain(diffIds);
        return new PlatformContent(
                read == null ? planned.descriptor().platform() : read.platform().normalised(Platform.host()),
                planned.descriptor().digest(),
                config.digest(),
                chain.isEmpty() ? null : chain.get(chain.size() - 1),
                contents);
    }

    private Optional<ImageConfig> read(Descriptor config) {
        if (config.size() > ImageConfig.MAX_SIZE) {
            throw new IntegrityException("the configuration of " + name + " has " + config.size()
                    + " bytes, but at most " + ImageConfig.MAX_SIZE + " are read");
        }
        return store.document(config.digest(), ImageConfig.MAX_SIZE).map(ImageConfig::parse);
    }

    private LayerContent layer(Descriptor layer, @Nullable Digest diffId, Map<Digest, BlobReport> blobs) {
        BlobReport report = blobs.getOrDefault(layer.digest(), new BlobReport(layer, "", 0, 0, 0, true));
        return new LayerContent(
                store.pathOf(layer.digest()),
                new Descriptor(layer.mediaType(), layer.digest(), layer.size()),
                diffId,
                report);
    }
}
