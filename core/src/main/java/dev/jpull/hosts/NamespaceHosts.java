// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that serve the images of one namespace.
 *
 * @param namespace the registry part of a reference, with its port as written
 * @param tried the directories that were looked for, in order, up to the one that was found
 * @param directory the directory that configures them, or null when nothing is configured
 * @param hosts the hosts in the order of requests
 * @param findings what is suspicious in the configuration
 */
public record NamespaceHosts(
        String namespace,
        List<Path> tried,
        @Nullable Path directory,
        List<RegistryHost> hosts,
        List<Finding> findings) {
    /** Copies the lists. */
    public NamespaceHosts {
        tried = List.copyOf(tried);
        hosts = List.copyOf(hosts);
        findings = List.copyOf(findings);
    }

    /** The same without the implicit registry itself, so that mirrors are the only hosts. */
    public NamespaceHosts withoutImplied() {
        List<RegistryHost> written =
                hosts.stream().filter(host -> !host.implied()).toList();
        return new NamespaceHosts(namespace, tried, directory, written, findings);
    }
}
