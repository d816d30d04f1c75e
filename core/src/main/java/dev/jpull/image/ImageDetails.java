// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.io.Serializable;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a store knows about one image or artifact. The texts are those of its author, of any length, and may hold anything:
 * print them through {@code dev.jpull.PrintableText}.
 *
 * @param names the names that it has in the store, in the order of the index; none when another program gave it none
 * @param root its manifest or index
 * @param bytes how many bytes of it are there, those that it shares with other images included
 * @param referrerBytes how many bytes its referrers have that it has not
 * @param used when it was pulled last
 * @param manifests its indexes and manifests, the root first, and those of an index after it; for a choice of platforms only these
 * @param referrers what refers to it or to one of its manifests, such as signatures
 * @since 0.1.0
 */
public record ImageDetails(
        List<String> names,
        Descriptor root,
        long bytes,
        long referrerBytes,
        Instant used,
        List<Manifest> manifests,
        List<Referrer> referrers)
        implements Serializable {
    /** Copies the lists. */
    public ImageDetails {
        names = List.copyOf(names);
        manifests = List.copyOf(manifests);
        referrers = List.copyOf(referrers);
    }

    /** How much of some content is in the store. */
    public enum State {
        /** Everything that it needs is there. */
        COMPLETE,
        /** Something that it needs is not there. */
        INCOMPLETE,
        /** It is not there itself. */
        ABSENT
    }

    /**
     * A manifest or an index.
     *
     * @param descriptor its descriptor, with what the index above it says: platform and annotations
     * @param parent the index above it; null for the root
     * @param platform the platform, by the index, else by the configuration; null when neither says it
     * @param state how much of it is there
     * @param artifactType what kind of artifact it is; empty for an image
     * @param subject what it refers to, or null
     * @param annotations its own annotations
     * @param config the descriptor of its configuration; null for an index, and for what is not there
     * @param configuration the configuration; null when there is none, as in an artifact, or it cannot be used
     * @param layers its layers, base first
     * @param problem why it or its configuration cannot be shown; empty when there is nothing to say
     */
    public record Manifest(
            Descriptor descriptor,
            @Nullable Digest parent,
            @Nullable Platform platform,
            State state,
            String artifactType,
            @Nullable Digest subject,
            Map<String, String> annotations,
            @Nullable Descriptor config,
            @Nullable ImageConfig configuration,
            List<Layer> layers,
            String problem)
            implements Serializable {
        /** Copies the collections. */
        public Manifest {
            annotations = ordered(annotations);
            layers = List.copyOf(layers);
        }
    }

    /**
     * A layer of an image, or a blob of an artifact.
     *
     * @param descriptor its descriptor
     * @param diffId the digest of its uncompressed content, by the configuration; null when there is none
     * @param present whether it is in the store
     */
    public record Layer(Descriptor descriptor, @Nullable Digest diffId, boolean present) implements Serializable {}

    /**
     * A manifest or index that refers to an image, to its manifests, or to another referrer.
     *
     * @param descriptor its descriptor
     * @param artifactType what kind of artifact it is; may be empty
     * @param subject what it refers to
     * @param tag the tag by which alone it refers to its subject; else empty
     * @param bytes how many bytes of it are there
     * @param state how much of it is there
     * @param referrers what refers to it
     */
    public record Referrer(
            Descriptor descriptor,
            String artifactType,
            Digest subject,
            String tag,
            long bytes,
            State state,
            List<Referrer> referrers)
            implements Serializable {
        /** Copies the list. */
        public Referrer {
            referrers = List.copyOf(referrers);
        }
    }

    private static Map<String, String> ordered(Map<String, String> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
