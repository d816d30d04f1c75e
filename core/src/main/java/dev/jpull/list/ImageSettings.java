// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.image.Platform;
import dev.jpull.manifest.ReferrerSelection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an image beside its name. Null means that nothing is said.
 *
 * @param platforms the platforms
 * @param referrers what refers to it
 * @param rename its name in the store
 */
public record ImageSettings(
        @Nullable Platforms platforms,
        @Nullable Referrers referrers,
        @Nullable Rename rename) {
    /** Settings that say nothing. */
    public static final ImageSettings NONE = new ImageSettings(null, null, null);

    /**
     * Platforms.
     *
     * @param all whether all are wanted
     * @param chosen those that are wanted; empty for the one of this machine
     */
    public record Platforms(boolean all, List<Platform> chosen) {
        /** Copies the list. */
        public Platforms {
            chosen = List.copyOf(chosen);
        }

        /** These and others. */
        Platforms with(Platforms others) {
            Set<Platform> both = new LinkedHashSet<>(chosen);
            both.addAll(others.chosen);
            return new Platforms(all || others.all, List.copyOf(both));
        }
    }

    /**
     * Referrers.
     *
     * @param selection which ones; null for none
     */
    public record Referrers(@Nullable ReferrerSelection selection) {
        /** These and others. */
        Referrers with(Referrers others) {
            if (selection == null || others.selection == null) {
                return selection == null ? others : this;
            }
            if (selection.artifactTypes().isEmpty()
                    || others.selection.artifactTypes().isEmpty()) {
                return new Referrers(ReferrerSelection.ALL);
            }
            Set<String> both = new LinkedHashSet<>(selection.artifactTypes());
            both.addAll(others.selection.artifactTypes());
            return new Referrers(new ReferrerSelection(both));
        }
    }

    /** The same, with the settings of others where nothing is said. */
    public ImageSettings orElse(ImageSettings others) {
        return new ImageSettings(
                platforms == null ? others.platforms : platforms,
                referrers == null ? others.referrers : referrers,
                rename == null ? others.rename : rename);
    }

    /** What both want together, of an image that is named twice. The platform of this machine is one like any other. */
    public ImageSettings with(ImageSettings others) {
        return new ImageSettings(
                ofMachine(platforms).with(ofMachine(others.platforms)),
                none(referrers).with(none(others.referrers)),
                rename);
    }

    private static Platforms ofMachine(@Nullable Platforms platforms) {
        return platforms == null || !platforms.all() && platforms.chosen().isEmpty()
                ? new Platforms(false, List.of(Platform.host()))
                : platforms;
    }

    private static Referrers none(@Nullable Referrers referrers) {
        return referrers == null ? new Referrers(null) : referrers;
    }
}
