// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * A configuration with mirrors that the program has given; they are asked before the configured hosts of their namespaces.
 *
 * @param configured the configuration without them
 * @param defaults completes the mirrors, as it completes hosts of a hosts.toml
 * @param mirrors the mirrors in the order of requests
 */
public record ProgramMirrors(HostConfiguration configured, HostDefaults defaults, List<Mirror> mirrors)
        implements HostConfiguration {
    /** Copies the list. */
    public ProgramMirrors {
        mirrors = List.copyOf(mirrors);
    }

    /**
     * A mirror.
     *
     * @param namespace the registry that it stands in for
     * @param entry the host
     */
    public record Mirror(String namespace, HostEntry entry) {
        /**
         * Reads the address of a mirror as that of a host in a hosts.toml.
         *
         * @throws IllegalArgumentException if it cannot be used
         */
        public static Mirror of(String namespace, String address, Set<Capability> capabilities) {
            if (!ImageReference.isRegistry(namespace)) {
                throw new IllegalArgumentException(
                        "the namespace of a mirror is a registry, such as docker.io or registry.example:5000");
            }
            try {
                HostUrl url = HostUrl.parse(address);
                return new Mirror(
                        namespace,
                        new HostEntry(
                                url.scheme(),
                                url.host(),
                                url.prefix(false),
                                capabilities,
                                TlsSettings.NONE,
                                false,
                                List.of(),
                                null,
                                false,
                                HostExtensions.NONE,
                                new Provenance(SourcePosition.PROGRAM, Map.of(), false)));
            } catch (HostUrl.InvalidException e) {
                throw new IllegalArgumentException(
                        "the mirror of " + namespace + " cannot be used: " + e.getMessage() + "; " + e.remedy(), e);
            }
        }
    }

    @Override
    public NamespaceHosts hostsFor(ImageReference image) {
        NamespaceHosts hosts = configured.hostsFor(image);
        List<HostEntry> entries = mirrors.stream()
                .filter(mirror -> mirror.namespace().equals(image.domain()))
                .map(Mirror::entry)
                .toList();
        if (entries.isEmpty()) {
            return hosts;
        }
        List<RegistryHost> all = new ArrayList<>(defaults.complete(image.domain(), entries));
        all.addAll(hosts.hosts());
        return new NamespaceHosts(
                hosts.namespace(), hosts.tried(), hosts.directory(), all, hosts.leftOut(), hosts.findings());
    }

    @Override
    public List<ImageReference> meanings(String image) {
        return configured.meanings(image);
    }

    @Override
    public Map<String, SourcePosition> aliases() {
        return configured.aliases();
    }

    @Override
    public Set<String> scopes() {
        Set<String> scopes = new TreeSet<>(configured.scopes());
        mirrors.forEach(mirror -> scopes.add(mirror.namespace()));
        return scopes;
    }

    @Override
    public OptionalInt concurrentDownloads() {
        return configured.concurrentDownloads();
    }

    @Override
    public Optional<Duration> progressTimeout() {
        return configured.progressTimeout();
    }

    @Override
    public CredentialSource credentials() {
        return configured.credentials();
    }

    @Override
    public List<Finding> findings() {
        return configured.findings();
    }
}
