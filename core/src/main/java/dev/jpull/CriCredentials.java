// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.CriConfig;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The credentials in a CRI configuration, by the host that asks (spec section 8.4). */
record CriCredentials(CriConfig config) implements CredentialSource {
    @Override
    public Optional<Credential> credentialFor(String host) {
        CriConfig.HostSettings settings = config.configs().get(host);
        CriConfig.CriAuth auth = settings == null ? null : settings.auth();
        if (auth == null) {
            return Optional.empty();
        }
        if (!auth.username().isEmpty()) {
            return Optional.of(new Credential(auth.username(), auth.password()));
        }
        if (!auth.identityToken().isEmpty()) {
            return Optional.of(Credential.identityToken(auth.identityToken()));
        }
        return auth.auth().isEmpty() ? Optional.empty() : Optional.of(decode(host, auth.auth()));
    }

    @Override
    public Optional<String> sourceFor(String host) {
        return credentialFor(host).map(known -> "the CRI configuration");
    }

    private static Credential decode(String host, String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                return new Credential(
                        pair.substring(0, colon), pair.substring(colon + 1).replaceAll("\0+$", ""));
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("the \"auth\" of " + host + " in the CRI configuration is not base64");
        }
        throw new ConfigurationException(
                "the \"auth\" of " + host + " in the CRI configuration is not user:password in base64");
    }

    @Override
    public String toString() {
        return "credentials of the CRI configuration";
    }
}
