// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.secret.Secret;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Lets one host know who is asking (spec section 8.2). Remembers what the host wanted, so that later requests bring it
 * along. A token serves one repository; all who wait for the same token share one fetch. A credential that was refused is
 * not sent again: accounts get locked. Safe for use by several threads.
 */
final class Authorizer {
    private final String host;
    private final CredentialSource credentials;
    private final TokenClient tokens;
    private final Map<String, Grant> grants = new HashMap<>();
    private final Set<Credential> refused = new HashSet<>();

    /** What lets one into a repository. */
    private record Grant(Challenge challenge, TokenClient.@Nullable Token token, Secret header, HttpUrl asker) {
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
    synchronized @Nullable Secret authorization(String repository, CallScope scope) throws IOException {
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
            List<Challenge> challenges, String repository, @Nullable Secret used, HttpUrl asker, CallScope scope)
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
                return answerBasic(challenge, repository, used, asker);
            }
        }
        return false;
    }

    private boolean answerBasic(Challenge challenge, String repository, @Nullable Secret used, HttpUrl asker) {
        Credential credential = credential(repository);
        if (credential == null
                || credential.kind() != Credential.Kind.PASSWORD
                || credential.secret().isEmpty()) {
            return false;
        }
        Secret header = Secret.of(
                Credentials.basic(credential.username(), credential.secret().reveal()));
        if (header.equals(used)) {
            grants.remove(repository);
            refused.add(credential);
            return false;
        }
        grants.put(repository, new Grant(challenge, null, header, asker));
        return true;
    }

    /** The credential for a repository, unless it was refused. */
    private @Nullable Credential credential(String repository) {
        Credential credential = credentials.credentialFor(host, repository).orElse(null);
        return credential == null || refused.contains(credential) ? null : credential;
    }

    private Grant fetch(Challenge challenge, String repository, HttpUrl asker, CallScope scope) throws IOException {
        grants.remove(repository); // a failed fetch is not remembered
        Credential credential = credential(repository);
        Grant grant;
        if (credential != null && credential.kind() == Credential.Kind.REGISTRY_TOKEN) {
            grant = new Grant(challenge, null, bearer(credential.secret()), asker);
        } else {
            TokenClient.Token token = token(challenge, repository, credential, asker, scope);
            grant = new Grant(challenge, token, bearer(token.value()), asker);
        }
        grants.put(repository, grant);
        return grant;
    }

    private TokenClient.Token token(
            Challenge challenge, String repository, @Nullable Credential credential, HttpUrl asker, CallScope scope)
            throws IOException {
        try {
            return tokens.fetch(
                    challenge, TokenRequest.scopes(repository, challenge.param("scope")), credential, asker, scope);
        } catch (AuthenticationException e) {
            if (credential != null && (e.status() == 401 || e.status() == 403)) {
                refused.add(credential);
            }
            throw e;
        }
    }

    private static Secret bearer(Secret token) {
        return Secret.of("Bearer " + token.reveal());
    }
}
