// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Images of one archive.
 *
 * @param title what is special about them
 * @param pull the options of the pull that stores them
 * @param images the images by their full names
 * @param traits what readers may not be able to take
 */
record Sample(String title, List<String> pull, Map<String, Digests> images, Set<Trait> traits) {
    /** What readers may not be able to take. */
    enum Trait {
        /** The entry of the archive is an index of several manifests. */
        INDEX,
        /** No image to run. */
        ARTIFACT,
        /** Two images have the same tag, so that the archive has full names as references. */
        SAME_TAG,
        /** Layers that are compressed with zstd. */
        ZSTD,
        /** More than 125 layers. */
        MANY_LAYERS,
        /** The archive has entries without names, of what refers to the images. */
        REFERRERS
    }

    /**
     * What readers may report of one image.
     *
     * @param root what its name resolved to at the registry
     * @param entry what the archive names: the root, or the manifest of the only platform that is there
     * @param manifest the manifest for the platform of this machine
     * @param config the configuration for the platform of this machine
     */
    record Digests(String root, String entry, String manifest, String config) {}

    boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** How the archive refers to one of its images in its OCI part. */
    String reference(String name) {
        return has(Trait.SAME_TAG) ? name : name.substring(name.lastIndexOf(':') + 1);
    }
}
