// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.hosts.Capability;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.image.ImageReference;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Which hosts a request may go to. */
class EndpointOrderTest {
    private static final RegistryHost CONTENT_ONLY = host("content", Capability.PULL);
    private static final RegistryHost RESOLVE_ONLY = host("resolve", Capability.RESOLVE);
    private static final RegistryHost BOTH = host("both", Capability.PULL, Capability.RESOLVE);
    private static final RegistryHost NONE = host("none");
    private static final List<RegistryHost> ALL = List.of(RESOLVE_ONLY, CONTENT_ONLY, NONE, BOTH);

    private static RegistryHost host(String name, Capability... capabilities) {
        return new RegistryHost(
                "https",
                name,
                "/v2",
                Set.of(capabilities),
                TlsSettings.NONE,
                false,
                List.of(),
                RegistryHost.DEFAULT_DIAL_TIMEOUT,
                HostExtensions.NONE,
                Provenance.BUILT_IN);
    }

    @Test
    void capableHostsKeepTheOrderOfTheConfiguration() {
        assertThat(EndpointOrder.TAGS.of(ALL, Function.identity())).containsExactly(BOTH);
        assertThat(EndpointOrder.CONTENT.of(ALL, Function.identity())).containsExactly(CONTENT_ONLY, BOTH);
    }

    @Test
    void whatAHostLacksIsNamedInOneOrder() {
        assertThat(EndpointOrder.TAGS.missing(NONE)).containsExactly(Capability.PULL, Capability.RESOLVE);
        assertThat(EndpointOrder.TAGS.missing(CONTENT_ONLY)).containsExactly(Capability.RESOLVE);
        assertThat(EndpointOrder.CONTENT.missing(RESOLVE_ONLY)).containsExactly(Capability.PULL);
        assertThat(EndpointOrder.TAGS.missing(BOTH)).isEmpty();
    }

    @Test
    void aDigestNeedsNoResolving() {
        assertThat(EndpointOrder.forReference(ImageReference.parse("r.example/app:1")))
                .isEqualTo(EndpointOrder.TAGS);
        assertThat(EndpointOrder.forReference(ImageReference.parse("r.example/app@sha256:" + "0".repeat(64))))
                .isEqualTo(EndpointOrder.CONTENT);
    }
}
