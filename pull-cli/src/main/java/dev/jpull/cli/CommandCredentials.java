// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The credentials of the command line, and advice for a host that has none.
 *
 * @param known the credentials by the host that gets them
 * @param user whether {@code --user} or {@code --refresh} was given
 * @param registries the hosts that it counts for: those in the references
 */
record CommandCredentials(Map<String, Given> known, boolean user, Set<String> registries) implements CredentialSource {
    /** A credential, and the option that gave it. */
    record Given(Credential credential, String option) {}

    @Override
    public Optional<Credential> credentialFor(String host) {
        return Optional.ofNullable(known.get(host)).map(Given::credential);
    }

    @Override
    public Optional<String> sourceFor(String host) {
        return Optional.ofNullable(known.get(host)).map(given -> "given with " + given.option());
    }

    @Override
    public List<Credential> held() {
        return known.values().stream().map(Given::credential).toList();
    }

    @Override
    public Optional<String> adviceFor(String host) {
        if (registries.contains(host)) {
            return Optional.of("log in with \"docker login " + host + "\" or give --user");
        }
        return Optional.of(
                user
                        ? "--user was given, and counts for " + String.join(", ", registries)
                                + " alone: write --mirror-user " + host
                                + " to send it to this host too, or --mirror-user " + host
                                + "=USER:PASSWORD, or log in with \"docker login " + host + "\""
                        : "log in with \"docker login " + host + "\" or give --mirror-user " + host + "=USER:PASSWORD");
    }
}
