// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that can be asked for the images of one namespace.
 *
 * @param namespace the registry part of a reference, with its port as written
 * @param tried the directories that were looked for, in order, up to the one that was found
 * @param directory the directory that said so, or null when nothing is configured
 * @param hosts the hosts in the order in which they are to be asked
 * @param findings what the owner of the configuration should know
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

    /** The hosts that may be asked for all of these, in order. */
    public List<RegistryHost> capableOf(Set<Capability> wanted) {
        return hosts.stream().filter(host -> host.can(wanted)).toList();
    }

    /** The same without the registry itself where nobody wrote it, so that mirrors are all there is. */
    public NamespaceHosts withoutImplied() {
        List<RegistryHost> written =
                hosts.stream().filter(host -> !host.implied()).toList();
        return new NamespaceHosts(namespace, tried, directory, written, findings);
    }
}
