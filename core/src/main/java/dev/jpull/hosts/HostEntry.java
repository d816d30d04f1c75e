// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One host as a configuration file describes it, before defaults are filled in (docs/containerd.md section 3).
 *
 * @param scheme {@code http} or {@code https}; empty when the host is derived from the namespace
 * @param host the host with its port as written; empty when it is derived from the namespace
 * @param path the path prefix of every request, cleaned with {@code /v2} where containerd adds it
 * @param capabilities what requests the host may get; empty when the configuration does not say
 * @param tls the TLS settings
 * @param tlsConfigured whether there are TLS settings at all, empty ones included
 * @param headers the headers to send
 * @param dialTimeout how long connecting may take, zero for no limit; null when the configuration does not say
 * @param overridePath whether the path was given with {@code override_path}
 * @param extensions what only jpull reads
 * @param provenance where the host and its settings were written
 */
public record HostEntry(
        String scheme,
        String host,
        String path,
        Set<Capability> capabilities,
        TlsSettings tls,
        boolean tlsConfigured,
        List<Header> headers,
        @Nullable Duration dialTimeout,
        boolean overridePath,
        HostExtensions extensions,
        Provenance provenance) {

    /** The entry of the registry itself when nothing is configured. */
    static HostEntry unconfigured() {
        return new HostEntry(
                "",
                "",
                "",
                Set.of(),
                TlsSettings.NONE,
                false,
                List.of(),
                null,
                false,
                HostExtensions.NONE,
                Provenance.BUILT_IN);
    }
}
