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
import dev.jpull.registry.EndpointOrder;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
        EndpointOrder first = EndpointOrder.forReference(image);
        return new Explanation(
                image.toString(),
                namespace,
                hosts.tried(),
                hosts.directory(),
                first.of(hosts.hosts(), Function.identity()).stream()
                        .map(host -> endpoint(ApiUrl.manifest(host, namespace, image), host))
                        .toList(),
                EndpointOrder.CONTENT.of(hosts.hosts(), Function.identity()).stream()
                        .map(host -> endpoint(ApiUrl.blob(host, namespace, image), host))
                        .toList(),
                EndpointOrder.REFERRERS.of(hosts.hosts(), Function.identity()).stream()
                        .map(host -> endpoint(ApiUrl.referrers(host, namespace, image), host))
                        .toList(),
                skipped(all, first),
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

    private List<Explanation.Skipped> skipped(NamespaceHosts hosts, EndpointOrder first) {
        List<Explanation.Skipped> skipped = new ArrayList<>();
        for (NamespaceHosts.LeftOut each : hosts.leftOut()) {
            skipped.add(new Explanation.Skipped(each.host(), "never asked: " + each.reason()));
        }
        for (RegistryHost host : hosts.hosts()) {
            if (host.implied() && !upstream) {
                skipped.add(new Explanation.Skipped(
                        host, "never asked: no file names the registry itself, and the upstream is disabled"));
            } else if (!EndpointOrder.CONTENT.admits(host)) {
                String asked = EndpointOrder.REFERRERS.admits(host) ? "asked for referrers alone" : "never asked";
                skipped.add(
                        new Explanation.Skipped(host, asked + ": it lacks " + missing(host, EndpointOrder.CONTENT)));
            } else if (!first.admits(host)) {
                skipped.add(
                        new Explanation.Skipped(host, "does not resolve the tag: it lacks " + missing(host, first)));
            }
        }
        return skipped;
    }

    private static String missing(RegistryHost host, EndpointOrder order) {
        return order.missing(host).stream()
                .map(Capability::label)
                .collect(Collectors.joining(", ", "the capability ", ""));
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
