// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ArchiveFeed;
import dev.jpull.image.ImageReference;
import dev.jpull.layer.LayerConsumers;
import dev.jpull.lockfile.LockRules;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one call is asked for.
 *
 * @param image the reference as it was given
 * @param content which content of the image is wanted
 * @param entry what the store has of the image in its index
 * @param layers what is done with the uncompressed content of layers
 * @param terms how the call runs
 * @param feed the archive that takes the content of the image while it comes; null for none
 */
public record CallOptions(
        String image,
        WantedContent content,
        StoreEntry entry,
        LayerUse layers,
        CallTerms terms,
        @Nullable ArchiveFeed feed) {
    /** The options of a call that needs no more than a reference. */
    static CallOptions of(String image) {
        return new CallOptions(
                image, WantedContent.OF_THIS_MACHINE, StoreEntry.PLAIN, LayerUse.NONE, CallTerms.OF_THE_ENGINE, null);
    }

    /** The same with something that is done with the content of layers. */
    public CallOptions with(LayerConsumers wanted) {
        return new CallOptions(image, content, entry, layers.with(wanted), terms, feed);
    }

    /** The same with an archive that takes the content of the image while it comes. */
    CallOptions with(ArchiveFeed wanted) {
        return new CallOptions(image, content, entry, layers, terms, wanted);
    }

    /** The same for other content of the image. */
    CallOptions with(WantedContent wanted) {
        return new CallOptions(image, wanted, entry, layers, terms, feed);
    }

    /** The same with the reference written in another way. */
    CallOptions withImage(String other) {
        return new CallOptions(other, content, entry, layers, terms, feed);
    }

    /** The same for another reference to the image, which gets a name in the store, with other annotations. */
    CallOptions with(String other, String name, Map<String, String> annotations) {
        return new CallOptions(other, content, new StoreEntry(name, annotations), layers, terms, feed);
    }

    /** Whether nothing is left to do when the store has the image: no snapshot, no archive, and no search for referrers. */
    boolean endsWithTheStore() {
        return layers.snapshotter() == null && feed == null && content.referrers() == null;
    }

    /** The same without manifests and configurations of other platforms. */
    CallOptions withoutMetadata() {
        return new CallOptions(image, content.withoutMetadata(), entry, layers, terms, feed);
    }

    /** The same with another use of the lock file. */
    CallOptions with(LockRules.Mode lock) {
        return new CallOptions(image, content, entry, layers, terms.with(lock), feed);
    }

    /**
     * The name that the image gets in the store.
     *
     * @throws dev.jpull.error.ReferenceException if the image is no reference
     */
    String storeName() {
        String name = entry.name();
        return name == null ? ImageReference.parse(image).toString() : name;
    }
}
