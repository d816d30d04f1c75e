// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The TLS settings of a host.
 *
 * @param ca PEM files with certificate authorities
 * @param caReplacesSystem whether {@code ca} replaces the authorities of the system; otherwise it adds to them
 * @param client client certificates
 * @param skipVerify whether the certificate of the host is not verified; null when the configuration does not say
 */
public record TlsSettings(
        List<Path> ca,
        boolean caReplacesSystem,
        List<ClientKeyPair> client,
        @Nullable Boolean skipVerify) {
    /** How many certificate authorities or client certificates one host may name in a file, so that reading them ends. */
    static final int MAX_FILES = 256;

    /** Nothing said. */
    public static final TlsSettings NONE = new TlsSettings(List.of(), false, List.of(), null);

    /** Copies the lists. */
    public TlsSettings {
        ca = List.copyOf(Objects.requireNonNull(ca, "ca"));
        client = List.copyOf(Objects.requireNonNull(client, "client"));
    }

    /** Not generated, as {@link RegistryHost#hashCode} explains. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsSettings that
                && ca.equals(that.ca)
                && caReplacesSystem == that.caReplacesSystem
                && client.equals(that.client)
                && Objects.equals(skipVerify, that.skipVerify);
    }

    @Override
    public int hashCode() {
        return ca.hashCode() * 31 + client.hashCode();
    }

    /** Whether the host's certificate is not checked. */
    public boolean insecure() {
        return Boolean.TRUE.equals(skipVerify);
    }

    /** These settings of one host, on top of those for all hosts (docs/containerd.md section 4.2). */
    public TlsSettings over(TlsSettings global) {
        List<Path> allCa = new ArrayList<>(global.ca);
        allCa.addAll(ca);
        List<ClientKeyPair> allClient = new ArrayList<>(global.client);
        allClient.addAll(client);
        return new TlsSettings(
                allCa, global.caReplacesSystem, allClient, skipVerify != null ? skipVerify : global.skipVerify);
    }
}
