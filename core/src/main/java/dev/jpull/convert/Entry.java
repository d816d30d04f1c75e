// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.address.DockerHub;
import dev.jpull.compare.SampleReferences;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.RegistryHost;
import java.util.List;
import java.util.Optional;

/**
 * The hosts of one registry, or those of every registry that has no entry.
 *
 * @param scope the registry, or {@code *}
 * @param hosts the hosts that may serve content, in order; never empty
 * @param source where credentials are
 */
record Entry(String scope, List<RegistryHost> hosts, CredentialSource source) {
    Entry {
        hosts = List.copyOf(hosts);
    }

    boolean isForAll() {
        return scope.equals(HostConfiguration.ALL);
    }

    RegistryHost last() {
        return hosts.get(hosts.size() - 1);
    }

    /** The hosts before the last one. */
    List<RegistryHost> mirrors() {
        return hosts.subList(0, hosts.size() - 1);
    }

    /** Whether the last host is the registry itself, at the path that its API has by default. */
    boolean endsWithRegistryItself() {
        return last().host().equals(DockerHub.apiHost(registry()))
                && last().path().equals("/v2");
    }

    /** Whether it is what the registry is without configuration. */
    boolean saysNothing() {
        RegistryHost host = last();
        RegistryHost byDefault =
                HostDefaults.NONE.complete(registry(), List.of()).get(0);
        return hosts.size() == 1
                && endsWithRegistryItself()
                && host.scheme().equals(byDefault.scheme())
                && host.httpFallback() == byDefault.httpFallback()
                && host.tls().equals(byDefault.tls())
                && host.headers().isEmpty()
                && host.dialTimeout().equals(byDefault.dialTimeout())
                && host.extensions().equals(byDefault.extensions());
    }

    private String registry() {
        return isForAll() ? SampleReferences.ANY_REGISTRY : scope;
    }

    Optional<Credential> credential(RegistryHost host) {
        return source.credentialFor(host.host());
    }
}
