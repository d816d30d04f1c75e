// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.secret.Secret;
import java.util.Objects;

/**
 * A credential: what identifies the user to a registry.
 *
 * @param username the user; empty when the secret is a token
 * @param secret the password or token
 * @param kind what the secret is
 * @since 0.1.0
 */
public record Credential(String username, Secret secret, Kind kind) {
    /** All of them are needed. */
    public Credential {
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(kind, "kind");
    }

    /** What a secret is. */
    public enum Kind {
        /** The password of the user. */
        PASSWORD,
        /** What a token server exchanges for access: the OAuth2 refresh token (docs/containerd.md section 8.3). */
        IDENTITY_TOKEN,
        /** What a registry takes as it is: the bearer token of docker's {@code registrytoken}. */
        REGISTRY_TOKEN
    }

    /**
     * A user with a password; without a user, the secret is an identity token, as containerd has it.
     *
     * @param username the name of the user; empty for an identity token
     * @param secret the password, or the identity token
     */
    public Credential(String username, String secret) {
        this(
                Objects.requireNonNull(username, "username"),
                Secret.of(Objects.requireNonNull(secret, "secret")),
                username.isEmpty() ? Kind.IDENTITY_TOKEN : Kind.PASSWORD);
    }

    /**
     * {@return an identity token, which a token server exchanges for access}
     *
     * @param token the token; it is kept secret
     */
    public static Credential identityToken(String token) {
        return new Credential("", Secret.of(Objects.requireNonNull(token, "token")), Kind.IDENTITY_TOKEN);
    }

    /**
     * {@return a token that the registry itself takes}
     *
     * @param token the token; it is kept secret
     */
    public static Credential registryToken(String token) {
        return new Credential("", Secret.of(Objects.requireNonNull(token, "token")), Kind.REGISTRY_TOKEN);
    }

    /** {@return whether the secret is an identity token rather than a password} */
    public boolean isIdentityToken() {
        return kind == Kind.IDENTITY_TOKEN;
    }
}
