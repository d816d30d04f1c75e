// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a host may be asked for (docs/containerd.md section 3.2). */
public enum Capability {
    /** Content by digest: manifests, configurations, layers. */
    PULL,
    /** The digest of a tag. */
    RESOLVE,
    /** Uploads; jpull makes none. */
    PUSH,
    /** Artifacts that refer to an image. */
    REFERRERS;

    /** All capabilities, which is what a host has when nothing is said. */
    public static final Set<Capability> ALL = Collections.unmodifiableSet(EnumSet.allOf(Capability.class));

    /** The name in hosts.toml. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The capability with this name in any letter case, or null. */
    static @Nullable Capability of(String label) {
        for (Capability capability : values()) {
            if (capability.label().equalsIgnoreCase(label)) {
                return capability;
            }
        }
        return null;
    }
}
