// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.ChainId;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.Platform;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import dev.jpull.transfer.BlobReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an image that is in the store consists of, for who pulled it.
 *
 * @param name the image, for messages
 */
record PulledParts(String name, ImageStore store) {
    /**
     * The image of one platform. Its configuration must be in the store.
     *
     * @param blobs how its blobs came; those that are not in it were there
     * @throws IntegrityException if its configuration does not fit to its manifest
     */
    PulledPlatform platform(PullPlan.PlannedImage planned, Map<Digest, BlobReport> blobs) {
        Descriptor config = planned.manifest().config();
        List<Descriptor> layers = planned.manifest().layers();
        ImageConfig read = config.mediaType().isImageConfig() ? read(config) : null;
        List<Digest> diffIds = read == null ? List.of() : read.diffIds();
        if (read != null && diffIds.size() != layers.size()) {
            throw new IntegrityException("the configuration of " + name + " lists " + diffIds.size()
                    + " diff IDs, but its manifest " + layers.size() + " layers");
        }
        List<PulledLayer> pulledLayers = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            pulledLayers.add(layer(layers.get(i), read == null ? null : diffIds.get(i), blobs));
        }
        List<Digest> chain = ChainId.chain(diffIds);
        return new PulledPlatform(
                read == null ? planned.descriptor().platform() : read.platform().normalised(Platform.host()),
                planned.descriptor().digest(),
                config.digest(),
                chain.isEmpty() ? null : chain.get(chain.size() - 1),
                pulledLayers);
    }

    private ImageConfig read(Descriptor config) {
        if (config.size() > ImageConfig.MAX_SIZE) {
            throw new IntegrityException("the configuration of " + name + " has " + config.size()
                    + " bytes, but at most " + ImageConfig.MAX_SIZE + " are read");
        }
        byte[] content = store.document(config.digest(), ImageConfig.MAX_SIZE)
                .orElseThrow(() -> new StoreException(
                        "the blob " + store.pathOf(config.digest()) + " is damaged: remove it, and pull again"));
        return ImageConfig.parse(content);
    }

    private PulledLayer layer(Descriptor layer, @Nullable Digest diffId, Map<Digest, BlobReport> blobs) {
        BlobReport report = blobs.getOrDefault(layer.digest(), new BlobReport(layer, "", 0, 0, 0, true));
        return new PulledLayer(
                store.pathOf(layer.digest()),
                layer.digest(),
                layer.mediaType(),
                layer.size(),
                diffId,
                report.host(),
                report.bytesFetched(),
                report.bytesResumed(),
                report.retries(),
                report.present());
    }
}
