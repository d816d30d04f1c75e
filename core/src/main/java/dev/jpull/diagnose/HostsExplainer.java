// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.http.CertificateSummary;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.ApiUrl;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Lists the requests that a configuration leads to for an image, without sending them.
 *
 * @param credentials the source of credentials
 * @param upstream whether the implicit registry itself may be asked
 */
public record HostsExplainer(CredentialSource credentials, boolean upstream) {
    /** The hosts in the order of a pull, and the reason for each host without a request. */
    public Explanation explain(ImageReference image, NamespaceHosts all) {
        NamespaceHosts hosts = upstream ? all : all.withoutImplied();
        String namespace = hosts.namespace();
        Set<Capability> toResolve =
                image.digest() != null ? EnumSet.of(Capability.PULL) : EnumSet.of(Capability.PULL, Capability.RESOLVE);
        Set<Capability> toPull = EnumSet.of(Capability.PULL);
        return new Explanation(
                image.toString(),
                namespace,
                hosts.tried(),
                hosts.directory(),
                hosts.capableOf(toResolve).stream()
                        .map(host -> endpoint(ApiUrl.manifest(host, namespace, image), host))
                        .toList(),
                hosts.capableOf(toPull).stream()
                        .map(host -> endpoint(ApiUrl.blob(host, namespace, image), host))
                        .toList(),
                skipped(all, toResolve, toPull),
                hosts.findings());
    }

    private Explanation.Endpoint endpoint(String url, RegistryHost host) {
        return new Explanation.Endpoint(
                url,
                host,
                host.tls().ca().stream().map(HostsExplainer::describe).toList(),
                host.tls().client().stream()
                        .map(ClientKeyPair::certificate)
                        .map(HostsExplainer::describe)
                        .toList(),
                credentials.sourceFor(host.host()).orElse(null));
    }

    private List<Explanation.Skipped> skipped(NamespaceHosts hosts, Set<Capability> toResolve, Set<Capability> toPull) {
        List<Explanation.Skipped> skipped = new ArrayList<>();
        for (RegistryHost host : hosts.hosts()) {
            if (host.implied() && !upstream) {
                skipped.add(new Explanation.Skipped(
                        host, "never asked: no file names the registry itself, and the upstream is disabled"));
            } else if (!host.can(toPull)) {
                skipped.add(new Explanation.Skipped(host, "never asked: it lacks " + missing(host, toPull)));
            } else if (!host.can(toResolve)) {
                skipped.add(new Explanation.Skipped(
                        host, "does not resolve the tag: it lacks " + missing(host, toResolve)));
            }
        }
        return skipped;
    }

    private static String missing(RegistryHost host, Set<Capability> wanted) {
        Set<Capability> missing = new TreeSet<>(wanted);
        missing.removeAll(host.capabilities());
        return missing.stream().map(Capability::label).collect(Collectors.joining(", ", "the capability ", ""));
    }

    /** A file that cannot be used is described as such: an explanation is most useful when the configuration is broken. */
    private static String describe(Path file) {
        try {
            return file + " ("
                    + CertificateSummary.of(file).stream()
                            .map(certificate -> certificate.subject() + " until "
                                    + LocalDate.ofInstant(certificate.expires(), ZoneOffset.UTC))
                            .collect(Collectors.joining("; "))
                    + ")";
        } catch (ConfigurationException e) {
            return file + " (cannot be used: " + e.getMessage() + ")";
        }
    }
}
