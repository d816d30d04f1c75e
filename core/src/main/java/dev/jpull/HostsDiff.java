// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.compare.ConfigurationComparison;
import dev.jpull.compare.ConfigurationComparison.ScopedChange;
import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.image.ImageReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What changes when one registry configuration takes the place of another, of the same dialect or not: the hosts that pulls
 * contact, their order, and their settings. Sample images stand for each registry or repository that either configuration has
 * rules for, and for the registries without rules. Immutable; contacts nothing.
 *
 * @since 0.1.0
 */
public final class HostsDiff {
    private final List<Change> changes;

    private HostsDiff(List<Change> changes) {
        this.changes = changes;
    }

    /**
     * Compares two configurations.
     *
     * @param before a file or directory with the old configuration, of any dialect
     * @param after a file or directory with the new one
     * @param images references that are compared in addition to the sample images
     * @return the differences
     * @throws ConfigurationException if one of them is not there, is of no known dialect, or has an error in a file for all
     *     registries; an error in the file of a single registry is a change
     * @throws ReferenceException if an image is not a reference
     */
    public static HostsDiff of(Path before, Path after, List<String> images) {
        ConfigurationReader reader = new ConfigurationReader(HostDefaults.NONE);
        Objects.requireNonNull(images, "images").forEach(ImageReference::parse); // refuses what is no reference
        ConfigurationComparison comparison = new ConfigurationComparison(
                reader.read(Objects.requireNonNull(before, "before")), before,
                reader.read(Objects.requireNonNull(after, "after")), after);
        return new HostsDiff(
                comparison.changes(images).stream().map(Change::new).toList());
    }

    /**
     * {@return the differences, grouped by {@link Change#scope}} Scopes with dangerous ones come first, and so do these within a
     * scope. Empty when both configurations mean the same.
     */
    public List<Change> changes() {
        return changes;
    }

    /** The changes, one a line. */
    @Override
    public String toString() {
        return "HostsDiff" + changes;
    }

    /** A difference. Immutable. */
    public static final class Change {
        private final ScopedChange scoped;

        private Change(ScopedChange scoped) {
            this.scoped = scoped;
        }

        /**
         * {@return what it is about: a registry such as {@code quay.io}, a repository and those below it such as {@code
         * quay.io/app}, a domain such as {@code *.example}, one of these with {@code :*} for its other ports, {@code *} for all
         * other registries, {@code short names} for images without a registry, or an image that was given}
         */
        public String scope() {
            return scoped.scope();
        }

        /** {@return a stable name in kebab-case for what differs: {@code host}, {@code upstream}, {@code verification} and others} */
        public String kind() {
            return scoped.change().kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /**
         * {@code +} for something new, {@code -} for something that is gone, {@code ~} for something different.
         *
         * @return the sign
         */
        public char sign() {
            return scoped.change().sign().symbol();
        }

        /**
         * {@return whether the change is a risk: bytes come from another place, a connection is protected less, or credentials go
         * to another place}
         */
        public boolean dangerous() {
            return scoped.change().dangerous();
        }

        /** {@return what differs: a part of a sentence} */
        public String message() {
            return scoped.change().message();
        }

        /** {@return where the old setting is written} */
        public SourcePosition before() {
            return scoped.change().before();
        }

        /** {@return where the new setting is written} */
        public SourcePosition after() {
            return scoped.change().after();
        }

        /** {@return the sample images for which it was found; empty when it was found for all of the scope} */
        public List<String> images() {
            return scoped.images().stream().map(ImageReference::toString).toList();
        }

        @Override
        public String toString() {
            return scope() + ": " + sign() + " " + message();
        }
    }
}
