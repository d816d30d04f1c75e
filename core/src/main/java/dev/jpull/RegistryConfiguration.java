// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the registry configuration of a puller is from.
 *
 * @param dialect what it is, such as {@code registries.yaml of k3s or RKE2}
 * @param paths the files or directories, in the order in which they are searched; empty when this machine has none
 * @param reason why it is used, as part of a sentence
 * @since 0.1.0
 */
public record RegistryConfiguration(String dialect, List<Path> paths, String reason) {
    /** Copies the list. */
    public RegistryConfiguration {
        paths = List.copyOf(paths);
    }
}
