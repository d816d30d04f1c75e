// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.DockerHub;
import dev.jpull.address.Localhost;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The hosts that the deprecated mirrors of a CRI configuration give a namespace (docs/containerd.md section 9.4). */
public final class CriMirrors {
    private static final Set<Capability> CAPABILITIES =
            EnumSet.of(Capability.PULL, Capability.RESOLVE, Capability.REFERRERS);
    /** The name of the mirror for all registries that have none. */
    static final String ALL = "*";

    private final CriConfig config;

    CriMirrors(CriConfig config) {
        this.config = config;
    }

    /**
     * The endpoints in their order, and the registry itself unless it is one of them.
     *
     * @throws ConfigurationException if an endpoint is no URL
     */
    List<RegistryHost> hostsFor(String namespace) {
        // An entry for the namespace hides the one for all, even when it is empty.
        CriConfig.Mirror mirror =
                config.mirrors().getOrDefault(namespace, config.mirrors().get(ALL));
        List<RegistryHost> hosts = mirror == null ? new ArrayList<>() : hosts(mirror);
        String own = DockerHub.apiHost(namespace);
        // containerd compares with the namespace, which lists Docker Hub twice or not at all (Q-CRI-3).
        if (hosts.stream().noneMatch(host -> host.host().equals(own))) {
            String scheme = Localhost.isLocalhost(own) ? "http" : "https";
            hosts.add(host(scheme, own, "/v2", SourcePosition.BUILT_IN));
        }
        return hosts;
    }

    /** The endpoints of one mirror. */
    public static List<RegistryHost> hosts(CriConfig.Mirror mirror) {
        List<RegistryHost> hosts = new ArrayList<>();
        for (CriConfig.MirrorEndpoint endpoint : mirror.endpoints()) {
            try {
                hosts.add(host(endpoint));
            } catch (HostUrl.InvalidException e) {
                throw new ConfigurationException(endpoint.source() + ": " + e.getMessage() + "; " + e.remedy());
            }
        }
        return hosts;
    }

    public static RegistryHost host(CriConfig.MirrorEndpoint endpoint) throws HostUrl.InvalidException {
        String url = endpoint.url();
        boolean hasScheme = url.contains("://") || url.matches("https?[:/].*");
        String complete = hasScheme ? url : (Localhost.isLocalhost(url) ? "http://" : "https://") + url;
        HostUrl parsed = HostUrl.parse(complete);
        String path = parsed.writtenPath().isEmpty() ? "/v2" : parsed.writtenPath();
        return host(parsed.scheme(), parsed.host(), path, endpoint.source());
    }

    private static RegistryHost host(String scheme, String host, String path, SourcePosition source) {
        return new RegistryHost(
                scheme,
                host,
                path,
                CAPABILITIES,
                TlsSettings.NONE,
                false,
                List.of(),
                RegistryHost.DEFAULT_DIAL_TIMEOUT,
                HostExtensions.NONE,
                new Provenance(source, Map.of(), source.equals(SourcePosition.BUILT_IN)));
    }
}
