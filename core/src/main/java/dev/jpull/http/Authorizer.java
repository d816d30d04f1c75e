// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.secret.Secret;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Lets one host know who is asking (docs/containerd.md section 8.2). Remembers what the host wanted, so that later
 * requests bring it along. A token serves one repository; requests that want the same token share one fetch. A
 * credential that was refused is not sent again: accounts get locked. Safe for use by several threads.
 */
final class Authorizer {
    private final String host;
    private final CredentialSource credentials;
    private final TokenClient tokens;
    private final SecretMask mask;
    private volatile boolean sentCredential;
    private final Map<String, Grant> grants = new HashMap<>();
    private final Set<Credential> refused = new HashSet<>();
    /** The fetch for each repository that runs, never while the monitor is held. */
    private final Map<String, CompletableFuture<Outcome>> fetches = new HashMap<>();

    /** What lets one into a repository. */
    private record Grant(Challenge challenge, TokenClient.@Nullable Token token, Secret header, HttpUrl asker) {
        boolean isFresh() {
            return token == null || token.isFresh();
        }
    }

    /** How a fetch ended: with a grant, with a failure for all who wait, or with neither because its pull was cancelled. */
    private record Outcome(@Nullable Grant grant, @Nullable IOException failure) {
        static final Outcome GIVEN_UP = new Outcome(null, null);
    }

    Authorizer(String host, CredentialSource credentials, TokenClient tokens, SecretMask mask) {
        this.host = host;
        this.credentials = credentials;
        this.tokens = tokens;
        this.mask = mask;
    }

    /** Whether the host, or its token server, has got a credential. */
    boolean hasSentCredential() {
        return sentCredential;
    }

    /** The Authorization header for a repository, or null while the host has not asked for one. */
    @Nullable
    Secret authorization(String repository, Exchange exchange) throws IOException {
        Grant grant;
        synchronized (this) {
            grant = grants.get(repository);
        }
        if (grant == null) {
            return null;
        }
        return grant.isFresh()
                ? grant.header()
                : fetch(grant.challenge(), repository, grant.header(), grant.asker(), exchange)
                        .header();
    }

    /**
     * Takes up the challenges of a 401.
     *
     * @param used the header that was refused, or null when none was sent
     * @return whether the request should be sent again
     */
    boolean answer(
            List<Challenge> challenges, String repository, @Nullable Secret used, HttpUrl asker, Exchange exchange)
            throws IOException {
        if (isOutdated(repository, used)) {
            return true; // another request was faster
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                fetch(challenge, repository, used, asker, exchange);
                return true;
            }
            if (challenge.scheme().equals("basic")) {
                return answerBasic(challenge, repository, used, asker);
            }
        }
        return false;
    }

    /** Whether there is another grant than the one that was used. */
    private synchronized boolean isOutdated(String repository, @Nullable Secret used) {
        Grant known = grants.get(repository);
        return known != null && !known.header().equals(used);
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
        synchronized (this) {
            if (header.equals(used)) {
                grants.remove(repository);
                refused.add(credential);
                return false;
            }
            sentCredential = true;
            grants.put(repository, new Grant(challenge, null, header, asker));
            return true;
        }
    }

    /** The credential for a repository, unless it was refused. A helper may take its time to find it. */
    private @Nullable Credential credential(String repository) {
        Credential credential = credentials.credentialFor(host, repository).orElse(null);
        if (credential != null) {
            mask.addPassword(credential.username(), credential.secret());
        }
        synchronized (this) {
            return credential == null || refused.contains(credential) ? null : credential;
        }
    }

    /**
     * A new grant for a repository: fetched, or of the request that fetches one at this moment. When that one is cancelled, the
     * next request that waits for it fetches.
     *
     * @param used the header that will not do, or null when there was none
     */
    private Grant fetch(Challenge challenge, String repository, @Nullable Secret used, HttpUrl asker, Exchange exchange)
            throws IOException {
        while (true) {
            CompletableFuture<Outcome> own = new CompletableFuture<>();
            CompletableFuture<Outcome> other;
            synchronized (this) {
                Grant known = grants.get(repository);
                if (known != null && known.isFresh() && !known.header().equals(used)) {
                    return known;
                }
                other = fetches.putIfAbsent(repository, own);
                if (other == null) {
                    grants.remove(repository); // a failed fetch is not remembered
                }
            }
            if (other == null) {
                return fetchForAll(own, challenge, repository, asker, exchange);
            }
            exchange.scope().awaitOrStop(other);
            Outcome outcome = other.join();
            if (outcome.failure() != null) {
                throw outcome.failure();
            }
            if (outcome.grant() != null) {
                return outcome.grant();
            }
        }
    }

    private Grant fetchForAll(
            CompletableFuture<Outcome> waiters,
            Challenge challenge,
            String repository,
            HttpUrl asker,
            Exchange exchange)
            throws IOException {
        Outcome outcome = Outcome.GIVEN_UP;
        try {
            Grant grant = fetchOne(challenge, repository, asker, exchange);
            outcome = new Outcome(grant, null);
            return grant;
        } catch (IOException e) {
            IOException failure = exchange.failure(e);
            if (!exchange.isGivenUp()) {
                outcome = new Outcome(null, failure);
            }
            throw failure;
        } finally {
            synchronized (this) {
                fetches.remove(repository);
                if (outcome.grant() != null) {
                    grants.put(repository, outcome.grant());
                }
            }
            waiters.complete(outcome);
        }
    }

    private Grant fetchOne(Challenge challenge, String repository, HttpUrl asker, Exchange exchange)
            throws IOException {
        Credential credential = credential(repository);
        if (credential != null && credential.kind() == Credential.Kind.REGISTRY_TOKEN) {
            sentCredential = true;
            return new Grant(challenge, null, bearer(credential.secret()), asker);
        }
        TokenClient.Token token = token(challenge, repository, credential, asker, exchange);
        return new Grant(challenge, token, bearer(token.value()), asker);
    }

    private TokenClient.Token token(
            Challenge challenge, String repository, @Nullable Credential credential, HttpUrl asker, Exchange exchange)
            throws IOException {
        if (credential != null && tokens.mayHaveCredential(challenge, asker)) {
            sentCredential = true;
        }
        try {
            return tokens.fetch(
                    challenge, TokenRequest.scopes(repository, challenge.param("scope")), credential, asker, exchange);
        } catch (AuthenticationException e) {
            if (credential != null && (e.status() == 401 || e.status() == 403)) {
                synchronized (this) {
                    refused.add(credential);
                }
            }
            throw e;
        }
    }

    private static Secret bearer(Secret token) {
        return Secret.of("Bearer " + token.reveal());
    }
}
