// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.util.Optional;

/** A rule of one host that gives repositories another name there. Implementations are immutable. */
public interface RenamingRule {
    /** What is renamed, as written in the configuration. */
    String pattern();

    /** What it becomes, as written in the configuration. */
    String replacement();

    /**
     * The new name, or empty when the rule does not apply.
     *
     * @param repository the repository without the registry, such as {@code library/busybox}
     * @throws ConfigurationException if the new name cannot be that of a repository, or finding it takes too many steps
     */
    Optional<String> apply(String repository);
}
