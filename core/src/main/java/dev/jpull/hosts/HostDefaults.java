// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.Authority;
import dev.jpull.address.DockerHub;
import dev.jpull.address.Localhost;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Completes the entries of a configuration: adds the registry itself, and chooses between
 * http and https where the configuration does not say (docs/containerd.md sections 4.1 to 4.3).
 *
 * @param scheme the scheme of a registry that is not configured, or null for the rules of containerd ({@code --plain-http})
 * @param tls the TLS settings for all hosts, or null
 */
public record HostDefaults(
        @Nullable String scheme, @Nullable TlsSettings tls) {
    /** The rules alone. */
    public static final HostDefaults NONE = new HostDefaults(null, null);

    /** The hosts for a namespace, in the order of requests. */
    public List<RegistryHost> complete(String namespace, List<HostEntry> entries) {
        List<HostEntry> listed = entries.isEmpty() ? List.of(HostEntry.unconfigured()) : entries;
        List<RegistryHost> hosts = new ArrayList<>(listed.size());
        for (HostEntry entry : listed) {
            hosts.add(toHost(entry.host().isEmpty() ? derive(namespace, entry) : entry));
        }
        return hosts;
    }

    private HostEntry derive(String namespace, HostEntry entry) {
        String derivedScheme = "https";
        String host = namespace;
        TlsSettings entryTls = entry.tls();
        boolean tlsConfigured = entry.tlsConfigured();
        if (namespace.equals(DockerHub.NAMESPACE)) {
            host = DockerHub.API_HOST;
        } else if (scheme != null) {
            derivedScheme = scheme;
        } else if (Localhost.isLocalhost(namespace)) {
            String port = Objects.requireNonNullElse(Authority.of(namespace).port(), "");
            derivedScheme = port.isEmpty() || port.equals("443") ? "https" : "http";
            if (!port.equals("80") && entryTls.skipVerify() == null) {
                entryTls = new TlsSettings(entryTls.ca(), entryTls.caReplacesSystem(), entryTls.client(), true);
                tlsConfigured = true;
            }
        }
        return new HostEntry(
                derivedScheme,
                host,
                entry.overridePath() ? "" : "/v2",
                entry.capabilities().isEmpty() ? Capability.ALL : entry.capabilities(),
                entryTls,
                tlsConfigured,
                entry.headers(),
                entry.dialTimeout(),
                entry.overridePath(),
                entry.extensions(),
                entry.provenance().asImplied());
    }

    private RegistryHost toHost(HostEntry entry) {
        boolean anyTls = entry.tlsConfigured() || tls != null;
        boolean fallback = entry.scheme().equals("http")
                && anyTls
                && !Authority.of(entry.host()).hasPort(80);
        Set<Capability> capabilities = entry.capabilities().isEmpty() ? Capability.ALL : entry.capabilities();
        return new RegistryHost(
                fallback ? "https" : entry.scheme(),
                entry.host(),
                entry.path(),
                capabilities,
                tls == null ? entry.tls() : entry.tls().over(tls),
                fallback,
                entry.headers(),
                Objects.requireNonNullElse(entry.dialTimeout(), RegistryHost.DEFAULT_DIAL_TIMEOUT),
                entry.extensions(),
                entry.provenance());
    }
}
