// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

/**
 * What proves who is asking: a user name with a password, or an identity token. The secret is never printed.
 *
 * @param username the user; empty when the secret is an identity token
 * @param secret the password or the identity token
 */
public record Credential(String username, String secret) {
    /** An identity token, which a token server exchanges for access (the OAuth2 refresh token of spec section 8.3). */
    public static Credential identityToken(String token) {
        return new Credential("", token);
    }

    /** Whether the secret is an identity token rather than a password. */
    public boolean isIdentityToken() {
        return username.isEmpty();
    }

    /** The user alone. */
    @Override
    public String toString() {
        return (isIdentityToken() ? "identity token" : username) + " (secret hidden)";
    }
}
