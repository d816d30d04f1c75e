// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Host configuration as containerd reads it. Files are read anew at every call, so that changes are seen without a
 * restart. Safe for use by several threads.
 *
 * @param roots hosts directories, the first that has something for a namespace wins (spec section 2)
 * @param defaults what goes for hosts that are not configured
 */
public record HostConfiguration(List<Path> roots, HostDefaults defaults) {
    /** Copies the list. */
    public HostConfiguration {
        roots = List.copyOf(roots);
    }

    /**
     * The hosts for a namespace.
     *
     * @param namespace the registry part of a reference, with its port as written
     * @throws ConfigurationException if the configuration of this namespace cannot be used; it is never skipped
     */
    public NamespaceHosts hostsFor(String namespace) {
        try {
            for (Path root : roots) {
                Optional<Path> directory = new HostsDirectory(root).find(namespace);
                if (directory.isPresent()) {
                    HostsFile file = HostsDirectory.load(directory.get());
                    return new NamespaceHosts(
                            namespace, directory.get(), defaults.complete(namespace, file.entries()), file.findings());
                }
            }
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    "the host configuration of " + namespace + " cannot be used, and is not skipped:\n"
                            + e.getMessage(),
                    e.getCause());
        }
        return new NamespaceHosts(namespace, null, defaults.complete(namespace, List.of()), List.of());
    }
}
