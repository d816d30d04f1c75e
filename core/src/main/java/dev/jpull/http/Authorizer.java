// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.secret.Secret;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates the requests to one host (docs/containerd.md section 8.2). Keeps the last challenge, so that later requests
 * are authenticated at once. A token serves one repository. Requests that need the same token, of one realm, service and scope,
 * share one fetch; other requests do not wait for it. A request that waits ends with its own cancellation or deadline, and
 * fetches by itself when the fetch that it waits for was ended by those of another request. A credential that was refused is
 * not sent again: its source is asked for another one ({@link HostCredentials}). Until a credential was accepted, one fetch at a
 * time sends it: accounts get locked. Safe for use by several threads.
 */
final class Authorizer {
    private final String host;
    private final HostCredentials credentials;
    private final TokenClient tokens;
    private volatile boolean sentCredential;

    /** By repository. No network I/O and no credential helper under this monitor. */
    @GuardedBy("this")
    private final Map<String, Grant> grants = new HashMap<>();

    /** The credentials that a fetch sends for the first time; other fetches wait for its end. */
    @GuardedBy("this")
    private final Map<Credential, CompletableFuture<Void>> trials = new HashMap<>();

    /** The fetches that run, outside the monitor. */
    @GuardedBy("this")
    private final Map<TokenKey, CompletableFuture<Outcome>> fetches = new HashMap<>();

    /** What requests have in common that share the fetch of a token. */
    private record TokenKey(String realm, String service, SortedSet<String> scopes) {
        static TokenKey of(Challenge challenge, String repository) {
            return new TokenKey(
                    challenge.param("realm"),
                    challenge.param("service"),
                    TokenRequest.scopes(repository, challenge.param("scope")));
        }
    }

    /**
     * The header that gives access to a repository, and the challenge that it answers.
     *
     * @param token the token of a token server, or null
     * @param credential what the header sends to the host itself; null for a token of a token server
     */
    private record Grant(
            Challenge challenge,
            TokenClient.@Nullable Token token,
            @Nullable Credential credential,
            Secret header,
            HttpUrl asker) {
        boolean isFresh() {
            return token == null || token.isFresh();
        }
    }

    /**
     * How a fetch ended: with a grant, with a failure, or with neither because the request that fetched was cancelled or overdue.
     *
     * @param given the credential that was configured then; the failure counts for requests with the same one
     */
    private record Outcome(
            @Nullable Grant grant,
            @Nullable IOException failure,
            @Nullable Credential given) {
        static final Outcome GIVEN_UP = new Outcome(null, null, null);
    }

    Authorizer(String host, CredentialSource credentials, TokenClient tokens, SecretMask mask) {
        this.host = host;
        this.credentials = new HostCredentials(host, credentials, mask);
        this.tokens = tokens;
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
                return answerBasic(challenge, repository, used, asker, exchange);
            }
        }
        return false;
    }

    /** Whether there is another grant than the one that was used. */
    private synchronized boolean isOutdated(String repository, @Nullable Secret used) {
        Grant known = grants.get(repository);
        return known != null && !known.header().equals(used);
    }

    private boolean answerBasic(
            Challenge challenge, String repository, @Nullable Secret used, HttpUrl asker, Exchange exchange)
            throws IOException {
        Credential password = passwordOf(credentials.given(repository));
        if (password != null && basic(password).equals(used)) {
            synchronized (this) {
                grants.remove(repository);
            }
            credentials.refuse(password);
        }
        return grantBasic(challenge, repository, usable(password, repository, challenge.scheme(), exchange), asker);
    }

    /** Whether there is a password to send. */
    private boolean grantBasic(Challenge challenge, String repository, @Nullable Credential credential, HttpUrl asker) {
        Credential password = passwordOf(credential);
        if (password == null) {
            return false;
        }
        sentCredential = true;
        synchronized (this) {
            grants.put(repository, new Grant(challenge, null, password, basic(password), asker));
        }
        return true;
    }

    private static @Nullable Credential passwordOf(@Nullable Credential credential) {
        return credential != null
                        && credential.kind() == Credential.Kind.PASSWORD
                        && !credential.secret().isEmpty()
                ? credential
                : null;
    }

    private static Secret basic(Credential credential) {
        return Secret.of(
                Credentials.basic(credential.username(), credential.secret().reveal()));
    }

    /** A credential, or the one that its source makes instead when it was refused; null when there is none. */
    private @Nullable Credential usable(
            @Nullable Credential credential, String repository, String scheme, Exchange exchange) throws IOException {
        return credential != null && credentials.isRefused(credential)
                ? renewed(credential, repository, 401, scheme, exchange)
                : credential;
    }

    private @Nullable Credential renewed(
            Credential credential, String repository, int status, String scheme, Exchange exchange) throws IOException {
        return credentials.renewed(new CredentialRefusal(host, repository, credential, status, scheme), exchange);
    }

    /**
     * Takes up a 403 to a request with a password: some registries say so of one that has expired. It is not counted as refused,
     * because most of them mean that the user may not read the repository.
     *
     * @return whether the request should be sent again
     */
    boolean answerForbidden(String repository, @Nullable Secret used, Exchange exchange) throws IOException {
        Grant grant;
        synchronized (this) {
            grant = grants.get(repository);
        }
        if (grant == null || used == null || !grant.challenge().scheme().equals("basic")) {
            return false;
        }
        if (!grant.header().equals(used)) {
            return true; // another request was faster
        }
        Credential password = passwordOf(credentials.given(repository));
        if (password != null && basic(password).equals(used)) {
            password = renewed(password, repository, 403, "basic", exchange);
        }
        return grantBasic(grant.challenge(), repository, password, grant.asker());
    }

    /** The host has accepted the header that was sent to it. */
    void accepted(String repository, Secret used) {
        Grant grant;
        synchronized (this) {
            grant = grants.get(repository);
        }
        if (grant != null && grant.credential() != null && grant.header().equals(used)) {
            credentials.accepted(grant.credential());
        }
    }

    /**
     * A new grant for a repository: fetched, or of the request that fetches the same token at this moment. When that one is
     * cancelled or overdue, the next request that waits for it fetches.
     *
     * @param used the header that the registry refused or that has expired, or null when none was sent
     */
    private Grant fetch(Challenge challenge, String repository, @Nullable Secret used, HttpUrl asker, Exchange exchange)
            throws IOException {
        TokenKey key = TokenKey.of(challenge, repository);
        while (true) {
            CompletableFuture<Outcome> own = new CompletableFuture<>();
            CompletableFuture<Outcome> other;
            synchronized (this) {
                Grant known = grants.get(repository);
                if (known != null && known.isFresh() && !known.header().equals(used)) {
                    return known;
                }
                other = fetches.putIfAbsent(key, own);
            }
            if (other == null) {
                return fetchForAll(key, own, challenge, repository, used, asker, exchange);
            }
            exchange.cancellation().awaitOrStop(other);
            Outcome outcome = other.join();
            if (outcome.failure() != null && Objects.equals(outcome.given(), credentials.given(repository))) {
                throw outcome.failure();
            }
            if (outcome.grant() != null) {
                return outcome.grant();
            }
        }
    }

    private Grant fetchForAll(
            TokenKey key,
            CompletableFuture<Outcome> waiters,
            Challenge challenge,
            String repository,
            @Nullable Secret used,
            HttpUrl asker,
            Exchange exchange)
            throws IOException {
        Outcome outcome = Outcome.GIVEN_UP;
        Credential given = null;
        try {
            given = credentials.given(repository);
            Grant grant = null;
            Credential credential = usable(given, repository, challenge.scheme(), exchange);
            while (grant == null) { // ends: a source makes a few credentials in a row
                given = credential == null ? given : credential;
                try {
                    grant = fetchOne(challenge, repository, credential, used, asker, exchange);
                } catch (AuthenticationException e) {
                    credential = credential != null && isRefusal(e)
                            ? renewed(credential, repository, e.status(), challenge.scheme(), exchange)
                            : null;
                    if (credential == null) {
                        throw e;
                    }
                }
            }
            outcome = new Outcome(grant, null, given);
            return grant;
        } catch (IOException e) {
            IOException failure = exchange.failure(e);
            if (!exchange.isGivenUp() && !(failure instanceof OverdueException)) {
                outcome = new Outcome(null, failure, given);
            }
            throw failure;
        } finally {
            synchronized (this) {
                fetches.remove(key);
                // The earlier grant stays until here: a request without one gets a challenge of its own, and each
                // challenge
                // with other parameters costs another token.
                if (outcome.grant() != null) {
                    grants.put(repository, outcome.grant());
                } else {
                    grants.computeIfPresent(
                            repository, (name, grant) -> grant.header().equals(used) ? null : grant);
                }
            }
            waiters.complete(outcome);
        }
    }

    private Grant fetchOne(
            Challenge challenge,
            String repository,
            @Nullable Credential credential,
            @Nullable Secret used,
            HttpUrl asker,
            Exchange exchange)
            throws IOException {
        if (credential != null && credential.kind() == Credential.Kind.REGISTRY_TOKEN) {
            sentCredential = true;
            Credential sent = credential;
            if (bearer(sent.secret()).equals(used)) {
                // It may serve other repositories, so that it is not counted as refused.
                Credential newer = renewed(sent, repository, 401, challenge.scheme(), exchange);
                sent = newer == null ? sent : newer;
            }
            return new Grant(challenge, null, sent, bearer(sent.secret()), asker);
        }
        TokenClient.Token token = credential == null
                ? token(challenge, repository, null, asker, exchange)
                : tokenFor(credential, challenge, repository, asker, exchange);
        return new Grant(challenge, token, null, bearer(token.value()), asker);
    }

    /** A token for a credential, which another fetch may be trying at this moment. */
    private TokenClient.Token tokenFor(
            Credential credential, Challenge challenge, String repository, HttpUrl asker, Exchange exchange)
            throws IOException {
        while (true) {
            CompletableFuture<Void> own = new CompletableFuture<>();
            CompletableFuture<Void> other;
            synchronized (this) {
                if (credentials.isRefused(credential) || credentials.isAccepted(credential)) {
                    break;
                }
                other = trials.putIfAbsent(credential, own);
            }
            if (other == null) {
                try {
                    return token(challenge, repository, credential, asker, exchange);
                } finally {
                    synchronized (this) {
                        trials.remove(credential);
                    }
                    own.complete(null);
                }
            }
            exchange.cancellation().awaitOrStop(other);
        }
        return token(
                challenge, repository, usable(credential, repository, challenge.scheme(), exchange), asker, exchange);
    }

    private TokenClient.Token token(
            Challenge challenge, String repository, @Nullable Credential credential, HttpUrl asker, Exchange exchange)
            throws IOException {
        if (credential != null && tokens.mayHaveCredential(challenge, asker)) {
            sentCredential = true;
        }
        try {
            TokenClient.Token token = tokens.fetch(
                    challenge, TokenRequest.scopes(repository, challenge.param("scope")), credential, asker, exchange);
            if (credential != null) {
                credentials.accepted(credential);
            }
            return token;
        } catch (AuthenticationException e) {
            if (credential != null && isRefusal(e)) {
                credentials.refuse(credential);
            }
            throw e;
        }
    }

    private static boolean isRefusal(AuthenticationException failure) {
        return failure.status() == 401 || failure.status() == 403;
    }

    private static Secret bearer(Secret token) {
        return Secret.of("Bearer " + token.reveal());
    }
}
