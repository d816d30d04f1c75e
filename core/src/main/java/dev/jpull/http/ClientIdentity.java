// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings that an HTTP client depends on: hosts for which they are equal share a client and its connections.
 *
 * @param plain whether it is certain that TLS is not needed
 * @param tls the TLS settings
 * @param files the state of the files that the TLS settings name
 * @param dialTimeout the time limit for a connection; zero for none
 * @param proxy the configured proxy, or null for that of the environment
 * @param responseTimeout the configured time limit for the beginning of a response, or null for the default
 * @param stallTimeout the configured time limit for a pause within a response, or null for the default
 */
record ClientIdentity(
        boolean plain,
        TlsSettings tls,
        FileStamps files,
        Duration dialTimeout,
        @Nullable ProxyAddress proxy,
        @Nullable Duration responseTimeout,
        @Nullable Duration stallTimeout) {
    /** Not generated, as {@link RegistryHost#hashCode} explains. */
    @Override
    public int hashCode() {
        return (tls.hashCode() * 31 + dialTimeout.hashCode()) * 31 + Boolean.hashCode(plain);
    }

    static ClientIdentity of(RegistryHost host, boolean plain, TlsSettings tls) {
        HostExtensions extensions = host.extensions();
        return new ClientIdentity(
                plain,
                tls,
                FileStamps.of(tls),
                host.dialTimeout(),
                extensions.proxy(),
                extensions.responseTimeout(),
                extensions.stallTimeout());
    }

    /** Whether this is another one with the same TLS settings, made with files that have changed since. */
    boolean isOutdatedBy(ClientIdentity newer) {
        return tls.equals(newer.tls) && !files.equals(newer.files);
    }
}
