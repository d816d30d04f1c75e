// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.credentials.Credential;
import dev.jpull.secret.Secret;
import java.util.Optional;

/**
 * Who asks, as {@code --user} and {@code --refresh} of {@code ctr} give it (docs/containerd.md section 8.4).
 *
 * @param username the user; empty with an identity token, or for nobody
 * @param secret the password or token; empty when the user is to be asked for it
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

    /** Whether the password has to be asked for. */
    public boolean needsPassword() {
        return !username.isEmpty() && secret.isEmpty();
    }

    /** The same user with a password. */
    public UserOption withPassword(String password) {
        return new UserOption(username, Secret.of(password));
    }

    /** The credential, or empty when nobody was named. */
    public Optional<Credential> credential() {
        return secret.isEmpty()
                ? Optional.empty()
                : Optional.of(new Credential(
                        username,
                        secret,
                        username.isEmpty() ? Credential.Kind.IDENTITY_TOKEN : Credential.Kind.PASSWORD));
    }
}
