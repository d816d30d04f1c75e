// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Lets one host know who is asking (spec section 8.2). Remembers what the host wanted, so that later requests bring it
 * along. A token serves one repository; all who wait for the same token share one fetch. Safe for use by several threads.
 */
final class Authorizer {
    private final String host;
    private final CredentialSource credentials;
    private final TokenClient tokens;
    private final Map<String, Grant> grants = new HashMap<>();

    /** What lets one into a repository. */
    private record Grant(Challenge challenge, TokenClient.@Nullable Token token, String header, HttpUrl asker) {
        boolean isFresh() {
            return token == null || token.isFresh();
        }
    }

    Authorizer(String host, CredentialSource credentials, TokenClient tokens) {
        this.host = host;
        this.credentials = credentials;
        this.tokens = tokens;
    }

    /** The Authorization header for a repository, or null while the host has not asked for one. */
    synchronized @Nullable String authorization(String repository, CallScope scope) throws IOException {
        Grant grant = grants.get(repository);
        if (grant == null) {
            return null;
        }
        if (!grant.isFresh()) {
            grant = fetch(grant.challenge(), repository, grant.asker(), scope);
        }
        return grant.header();
    }

    /**
     * Takes up the challenges of a 401.
     *
     * @param used the header that was refused, or null when none was sent
     * @return whether the request should be sent again
     */
    synchronized boolean answer(
            List<Challenge> challenges, String repository, @Nullable String used, HttpUrl asker, CallScope scope)
            throws IOException {
        Grant known = grants.get(repository);
        if (known != null && !known.header().equals(used)) {
            return true; // somebody else was faster
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                fetch(challenge, repository, asker, scope);
                return true;
            }
            if (challenge.scheme().equals("basic")) {
                Credential credential = credentials.credentialFor(host).orElse(null);
                if (credential == null || credential.isIdentityToken()) {
                    return false;
                }
                String header = Credentials.basic(credential.username(), credential.secret());
                if (header.equals(used)) {
                    return false; // a wrong password is sent once: accounts get locked
                }
                grants.put(repository, new Grant(challenge, null, header, asker));
                return true;
            }
        }
        return false;
    }

    private Grant fetch(Challenge challenge, String repository, HttpUrl asker, CallScope scope) throws IOException {
        grants.remove(repository); // a failed fetch is not remembered
        SortedSet<String> scopes = new TreeSet<>(List.of("repository:" + repository + ":pull"));
        for (String asked : challenge.param("scope").split(" ")) {
            if (!asked.isEmpty()) {
                scopes.add(asked);
            }
        }
        Credential credential = credentials.credentialFor(host).orElse(null);
        TokenClient.Token token = tokens.fetch(challenge, scopes, credential, asker, scope);
        Grant grant = new Grant(challenge, token, "Bearer " + token.value(), asker);
        grants.put(repository, grant);
        return grant;
    }
}
