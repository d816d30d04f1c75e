// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.manifest.Referrer;
import dev.jpull.pull.ReferrerAnswer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What refers to an image, as its registry lists it. Immutable.
 *
 * @param name the image in full, such as {@code docker.io/library/busybox:latest}
 * @param digest the digest of its manifest or index
 * @param mediaType the type of that manifest or index
 * @param size the size of that manifest or index in bytes
 * @param referrers what refers to it
 * @param manifests of an index, the manifests and indexes in it with what refers to them, in its order
 * @since 0.1.0
 */
public record ReferrerTree(
        String name, Digest digest, MediaType mediaType, long size, List<Node> referrers, List<Manifest> manifests)
        implements Serializable {
    /** Copies the lists. */
    public ReferrerTree {
        referrers = List.copyOf(referrers);
        manifests = List.copyOf(manifests);
    }

    /**
     * A manifest or index in the index of an image.
     *
     * @param digest its digest
     * @param platform its platform, or null
     * @param size its size in bytes
     * @param referrers what refers to it
     */
    public record Manifest(Digest digest, @Nullable Platform platform, long size, List<Node> referrers)
            implements Serializable {
        /** Copies the list. */
        public Manifest {
            referrers = List.copyOf(referrers);
        }
    }

    /**
     * An artifact that refers to something.
     *
     * @param artifact the artifact
     * @param referrers what refers to the artifact; empty where the same artifact stands in the tree already
     */
    public record Node(PulledReferrer artifact, List<Node> referrers) implements Serializable {
        /** Copies the list. */
        public Node {
            referrers = List.copyOf(referrers);
        }
    }

    static ReferrerTree of(ReferrerAnswer answer) {
        Map<Digest, List<Referrer>> bySubject = new HashMap<>();
        answer.referrers()
                .forEach(referrer -> bySubject
                        .computeIfAbsent(referrer.subject(), subject -> new ArrayList<>())
                        .add(referrer));
        Set<Digest> shown = new HashSet<>();
        Descriptor root = answer.root();
        List<Node> referrers = below(root.digest(), bySubject, shown);
        List<Manifest> manifests = new ArrayList<>();
        for (Descriptor manifest : answer.manifests()) {
            manifests.add(new Manifest(
                    manifest.digest(),
                    manifest.platform(),
                    manifest.size(),
                    below(manifest.digest(), bySubject, shown)));
        }
        return new ReferrerTree(answer.name(), root.digest(), root.mediaType(), root.size(), referrers, manifests);
    }

    private static List<Node> below(Digest subject, Map<Digest, List<Referrer>> bySubject, Set<Digest> shown) {
        List<Node> nodes = new ArrayList<>();
        for (Referrer referrer : bySubject.getOrDefault(subject, List.of())) {
            boolean first = shown.add(referrer.descriptor().digest());
            nodes.add(new Node(
                    PulledReferrer.of(referrer),
                    first ? below(referrer.descriptor().digest(), bySubject, shown) : List.of()));
        }
        return nodes;
    }
}
