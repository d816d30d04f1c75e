// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import java.util.Objects;

/**
 * A credential that a host, or the token server of the host, has refused; what {@link CredentialSource#renewed} is asked with.
 *
 * @param host the host with its port, as configured; as {@link CredentialSource#credentialFor(String)} gets it
 * @param repository the repository that the request was for, such as {@code library/busybox}
 * @param refused the credential that was sent
 * @param status the status of the response: 401, or 403 from a registry or token server that answers an expired credential with it
 * @param scheme the scheme of the authentication: {@code basic} when the registry itself refused the credential, {@code bearer}
 *     when its token server did, or when the registry refused a {@linkplain Credential.Kind#REGISTRY_TOKEN registry token}
 * @since 0.1.0
 */
public record CredentialRefusal(String host, String repository, Credential refused, int status, String scheme) {
    /** All of them are needed. */
    public CredentialRefusal {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(repository, "repository");
        Objects.requireNonNull(refused, "refused");
        Objects.requireNonNull(scheme, "scheme");
    }
}
