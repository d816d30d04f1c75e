// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.secret.Secret;
import dev.jpull.text.StrictBase64;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Credentials as the Kubernetes CRI gives them: with a pull, or in containerd's configuration (docs/containerd.md
 * section 8.4).
 *
 * @param username the user, or empty
 * @param password the password, or empty
 * @param auth user and password in base64, or empty
 * @param identityToken an identity token, or empty
 * @param serverAddress the URL of the only registry that they are for, or empty for the one that asks
 */
public record CriAuth(String username, Secret password, Secret auth, Secret identityToken, String serverAddress)
        implements CredentialSource {
    /**
     * The credential, if it is for this host.
     *
     * @throws ConfigurationException if it cannot be read
     */
    @Override
    public Optional<Credential> credentialFor(String host) {
        if (!serverAddress.isEmpty() && !host.equals(hostOf(serverAddress))) {
            return Optional.empty();
        }
        if (!username.isEmpty()) {
            return Optional.of(new Credential(username, password, Credential.Kind.PASSWORD));
        }
        if (!identityToken.isEmpty()) {
            return Optional.of(new Credential("", identityToken, Credential.Kind.IDENTITY_TOKEN));
        }
        return auth.isEmpty() ? Optional.empty() : Optional.of(decoded(host));
    }

    private Credential decoded(String host) {
        try {
            String pair = new String(StrictBase64.decode(auth.reveal()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                String secret = pair.substring(colon + 1).replaceAll("\0+$", "");
                return new Credential(pair.substring(0, colon), Secret.of(secret), Credential.Kind.PASSWORD);
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("the \"auth\" of " + host + " is not base64: encode USER:PASSWORD");
        }
        throw new ConfigurationException("the \"auth\" of " + host + " is not USER:PASSWORD in base64");
    }

    /** The host of an address with a scheme; an address without one matches no host, as in containerd. */
    private static String hostOf(String address) {
        try {
            String authority = new URI(address).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
