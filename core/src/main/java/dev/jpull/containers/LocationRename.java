// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.util.Optional;

/**
 * The name of a repository at a location: what the prefix covers is replaced with the location.
 *
 * @param registry the registry that images are asked of, such as {@code docker.io}
 * @param prefix what is replaced
 * @param location what replaces it
 */
record LocationRename(String registry, Prefix prefix, String location) implements RenamingRule {
    @Override
    public String pattern() {
        return prefix.text();
    }

    @Override
    public String replacement() {
        return location;
    }

    @Override
    public Optional<String> apply(String repository) {
        String other = target(repository).path();
        return other.equals(repository) ? Optional.empty() : Optional.of(other);
    }

    /**
     * The repository at the location.
     *
     * @throws ConfigurationException if no registry can have a repository of that name
     */
    ImageReference target(String repository) {
        String name = registry + "/" + repository;
        int length = prefix.lengthIn(name);
        if (length < 0) {
            throw new IllegalStateException(name + " does not begin with " + prefix.text());
        }
        String other = location + name.substring(length);
        if (!Location.canonical(other)) {
            throw new ConfigurationException(
                    "the prefix \"" + ForeignText.line(prefix.text()) + "\" with the location \""
                            + ForeignText.line(location) + "\" makes \"" + ForeignText.line(other) + "\" of " + name
                            + ", which is no repository" + reason(name.substring(length)));
        }
        return ImageReference.parseRepository(other);
    }

    private String reason(String kept) {
        if (kept.isEmpty()) {
            return ": the prefix is the whole name, so write the repository into the location as well";
        }
        if (kept.startsWith(":")) {
            return ": write a table for the prefix with its port";
        }
        return location.equals("docker.io")
                ? ": write docker.io/library for the images of Docker Hub without a user"
                : ": correct the location";
    }
}
