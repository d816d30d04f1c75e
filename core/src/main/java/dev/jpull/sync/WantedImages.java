// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.error.ConfigurationException;
import dev.jpull.image.ImageReference;
import dev.jpull.list.ImageSettings;
import dev.jpull.list.ListEntry;
import dev.jpull.list.Rename;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects the images that lists name: each once, under the name that it gets in the store. For use by one thread. */
final class WantedImages {
    /** How many images all lists may name. */
    private static final int MAX_IMAGES = 50_000;

    private final SyncOptions options;
    private final Map<String, WantedImage> byName = new LinkedHashMap<>();
    /** The names of the images that the lists do not rename. */
    private final Set<String> renamable = new HashSet<>();

    WantedImages(SyncOptions options) {
        this.options = options;
    }

    /**
     * Adds the images of an entry.
     *
     * @param found the tags that its rules have matched
     * @throws ConfigurationException if another image has the same name in the store, or there are too many
     */
    void add(ListEntry entry, List<String> found) {
        for (ImageReference image : entry.images(found)) {
            ImageSettings settings = entry.settings().orElse(options.defaults());
            WantedImage wanted = new WantedImage(entry.position(), image, renamed(image, settings), settings);
            WantedImage known = byName.get(wanted.name());
            if (known != null && !known.source().equals(image)) {
                throw new ConfigurationException(entry.position() + ": " + image + " and " + known.source() + " ("
                        + known.position() + ") would both be named " + wanted.name()
                        + " in the store: rename one of them");
            }
            byName.put(wanted.name(), known == null ? wanted : known.with(wanted));
            if (byName.size() > MAX_IMAGES) {
                throw new ConfigurationException(entry.position() + ": the lists name more than " + MAX_IMAGES
                        + " images: write narrower rules, or sync in several runs");
            }
        }
    }

    private String renamed(ImageReference image, ImageSettings settings) {
        String name = image.toString();
        Rename own = settings.rename();
        if (own != null) {
            return own.apply(name).orElse(name);
        }
        renamable.add(name);
        return options.renames().apply(name);
    }

    /**
     * Refuses a renaming that has renamed nothing.
     *
     * @throws dev.jpull.error.ReferenceException if there is one
     */
    void requireAllRenamesUsed() {
        options.renames().requireUse(renamable);
    }

    /** The images, in the order of the lists. */
    Collection<WantedImage> all() {
        return byName.values();
    }
}
