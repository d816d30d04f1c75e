// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.error.Remedy;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.secret.Secret;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Fetches tokens from the server that a Bearer challenge names (docs/containerd.md section 8.3). With a secret it asks
 * in the form of OAuth2 first, and records which servers require the older form. Safe for use by several threads.
 */
final class TokenClient {
    private static final int MAX_ANSWER = 1 << 20;
    private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);
    private static final long LONGEST_LIFE_SECONDS = 86_400;

    /** The members of an answer that are secret. */
    private static final List<String> TOKENS = List.of("token", "access_token", "refresh_token");

    private final OutboundPolicy policy;
    private final Sender sender;
    private final @Nullable Consumer<Credential> identityTokens;
    private final SecretMask mask;
    private final Set<HttpUrl> olderForm = ConcurrentHashMap.newKeySet();

    /** Sends a request to a token server. */
    @FunctionalInterface
    interface Sender {
        HttpResponse send(Request.Builder request, Exchange exchange) throws IOException;
    }

    /** A token that lets one in until it expires. */
    record Token(Secret value, Instant expires) {
        boolean isFresh() {
            return Instant.now().isBefore(expires);
        }
    }

    /**
     * A client.
     *
     * @param identityTokens is given the identity tokens that are asked for; or null, then none are
     * @param mask is told every token
     */
    TokenClient(OutboundPolicy policy, Sender sender, @Nullable Consumer<Credential> identityTokens, SecretMask mask) {
        this.policy = policy;
        this.sender = sender;
        this.identityTokens = identityTokens;
        this.mask = mask;
    }

    /** Whether the token server of a challenge is asked with a credential. */
    boolean mayHaveCredential(Challenge challenge, HttpUrl asker) throws AuthenticationException {
        return policy.trusts(policy.realm(challenge.param("realm"), asker));
    }

    /**
     * Fetches a token.
     *
     * @param asker the URL that answered with the challenge
     * @throws AuthenticationException if the server must not be asked, refuses, or answers with something else
     */
    Token fetch(
            Challenge challenge,
            SortedSet<String> scopes,
            @Nullable Credential credential,
            HttpUrl asker,
            Exchange exchange)
            throws IOException {
        HttpUrl realm = policy.realm(challenge.param("realm"), asker);
        boolean trusted = policy.trusts(realm);
        TokenRequest request = new TokenRequest(
                realm, challenge.param("service"), scopes, trusted ? credential : null, identityTokens != null);
        if (request.hasSecret() && !olderForm.contains(realm)) {
            Instant sent = Instant.now();
            try (HttpResponse response = sender.send(request.post(), exchange)) {
                if (response.isSuccessful()) {
                    return token(response, realm, sent);
                }
                if (!isLackOfOAuth(response.status(), request)) {
                    throw refused(response, request, trusted || credential == null);
                }
            }
        }
        Instant sent = Instant.now();
        try (HttpResponse response = sender.send(request.get(), exchange)) {
            if (!response.isSuccessful()) {
                throw refused(response, request, trusted || credential == null);
            }
            Token token = token(response, realm, sent);
            if (request.hasSecret()) {
                olderForm.add(realm);
            }
            return token;
        }
    }

    /** Servers that support only the older form answer in one of these ways. */
    private static boolean isLackOfOAuth(int status, TokenRequest request) {
        Credential credential = request.credential();
        boolean user = credential != null && !credential.username().isEmpty();
        return status == 404 || status == 401 || status == 400 || status == 405 && user;
    }

    private static AuthenticationException refused(HttpResponse response, TokenRequest request, boolean trusted) {
        String host = request.realm().host();
        String asker = !trusted
                ? " to an anonymous request; it is of another site than the registry and gets no password unless it is"
                        + " trusted explicitly"
                : request.hasSecret() ? " to the credentials it was given" : " to an anonymous request";
        return new AuthenticationException(
                "the token server " + host + " answered " + response.status() + asker,
                response.status(),
                trusted ? List.of() : List.of(Remedy.TRUST_REALM));
    }

    private Token token(HttpResponse response, HttpUrl realm, Instant sent) throws IOException {
        String server = "the token server " + realm.host();
        String type = response.header("Content-Type");
        if (type != null && type.startsWith("text/html")) {
            throw new AuthenticationException(server + " did not answer with a token, but with an HTML page");
        }
        byte[] body = response.decodedBody().readNBytes(MAX_ANSWER + 1);
        if (body.length > MAX_ANSWER) {
            throw new AuthenticationException(server + " answered with more than " + MAX_ANSWER + " bytes");
        }
        try {
            JsonValue json = JsonValue.parse(body);
            for (String member : TOKENS) {
                JsonValue token = json.get(member);
                if (token != null && token.toPlain() instanceof String text) {
                    mask.addToken(Secret.of(text));
                }
            }
            String value = json.text("access_token");
            if (value == null || value.isEmpty()) {
                value = json.text("token");
            }
            if (value == null || value.isEmpty()) {
                throw new AuthenticationException(server + " answered without a token");
            }
            if (value.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
                throw new AuthenticationException(server + " answered with a token that cannot be sent");
            }
            String identity = json.text("refresh_token");
            if (identityTokens != null && identity != null && !identity.isEmpty()) {
                identityTokens.accept(Credential.identityToken(identity));
            }
            JsonValue seconds = json.get("expires_in");
            long life = seconds == null ? 0 : seconds.asLong();
            Duration granted = life <= 0 ? DEFAULT_LIFE : Duration.ofSeconds(Math.min(life, LONGEST_LIFE_SECONDS));
            // Used up to four fifths of its life, so that it does not expire on the way.
            return new Token(Secret.of(value), sent.plus(granted.multipliedBy(4).dividedBy(5)));
        } catch (JsonException e) {
            throw new AuthenticationException(server + " did not answer with a token: " + e.getMessage());
        }
    }
}
