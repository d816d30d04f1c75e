// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import java.util.Optional;

/**
 * Where credentials come from. A source is asked for the host that is contacted, never for another; the credential goes
 * to that host, or to its token server, and nowhere else. Must be safe for use by several threads.
 */
@FunctionalInterface
public interface CredentialSource {
    /** Knows nobody. */
    CredentialSource ANONYMOUS = host -> Optional.empty();

    /**
     * The credential for a host, or empty when there is none.
     *
     * @param host the host with its port, as configured; {@code registry-1.docker.io} for Docker Hub
     */
    Optional<Credential> credentialFor(String host);

    /** This source, and the other one where this one knows nothing. */
    default CredentialSource orElse(CredentialSource other) {
        return host -> {
            Optional<Credential> known = credentialFor(host);
            return known.isPresent() ? known : other.credentialFor(host);
        };
    }

    /** A source that knows one credential, for one host and no other. */
    static CredentialSource forHost(String host, Credential credential) {
        return asked -> asked.equals(host) ? Optional.of(credential) : Optional.empty();
    }
}
