// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.credentials.Credential;
import dev.jpull.secret.Secret;
import java.util.Optional;

/**
 * The credential in {@code --user} and {@code --refresh}, with the syntax of {@code ctr} (docs/containerd.md section 8.4).
 *
 * @param username the user; empty with an identity token, or without a credential
 * @param secret the password or token; empty when a prompt has to ask for it
 */
record UserOption(String username, Secret secret) {
    /**
     * Interprets the options.
     *
     * @param user {@code USER[:PASSWORD]}, split at the first colon that is not its first character; or empty
     * @param refresh an identity token, which counts only without a user; or empty
     */
    public static UserOption parse(String user, String refresh) {
        if (user.isEmpty()) {
            return new UserOption("", Secret.of(refresh));
        }
        int colon = user.indexOf(':');
        return colon > 0
                ? new UserOption(user.substring(0, colon), Secret.of(user.substring(colon + 1)))
                : new UserOption(user, Secret.NONE);
    }

    /** Whether a prompt has to ask for the password. */
    public boolean needsPassword() {
        return !username.isEmpty() && secret.isEmpty();
    }

    /** The same user with a password. */
    public UserOption withPassword(String password) {
        return new UserOption(username, Secret.of(password));
    }

    /** The credential, or empty when the options have none. */
    public Optional<Credential> credential() {
        return secret.isEmpty()
                ? Optional.empty()
                : Optional.of(new Credential(
                        username,
                        secret,
                        username.isEmpty() ? Credential.Kind.IDENTITY_TOKEN : Credential.Kind.PASSWORD));
    }
}
