// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedSet;
import okhttp3.Credentials;
import okhttp3.FormBody;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Fetches tokens from the server that a Bearer challenge names (spec section 8.3). */
final class TokenClient {
    private static final int MAX_ANSWER = 1 << 20;
    private static final String CLIENT_ID = "jpull";
    private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);

    private final Sender sender;

    /** Sends a request to a token server. */
    @FunctionalInterface
    interface Sender {
        HttpAnswer send(Request.Builder request, CallScope scope) throws IOException;
    }

    /** A token that lets one in until it expires. */
    record Token(String value, Instant expires) {
        boolean isFresh() {
            return Instant.now().isBefore(expires);
        }

        @Override
        public String toString() {
            return "token until " + expires;
        }
    }

    TokenClient(Sender sender) {
        this.sender = sender;
    }

    Token fetch(
            Challenge challenge,
            SortedSet<String> scopes,
            @Nullable Credential credential,
            HttpUrl asker,
            CallScope scope)
            throws IOException {
        HttpUrl realm = realm(challenge.param("realm"), asker);
        Request.Builder request = credential != null && credential.isIdentityToken()
                ? exchange(realm, challenge, scopes, credential)
                : ask(realm, challenge, scopes, credential);
        Instant sent = Instant.now();
        try (HttpAnswer answer = sender.send(request, scope)) {
            if (!answer.isSuccessful()) {
                throw new AuthenticationException("the token server " + realm.host() + " answered " + answer.status()
                        + (credential == null ? " to an anonymous request" : " to the credentials it was given"));
            }
            byte[] body = answer.decodedBody().readNBytes(MAX_ANSWER + 1);
            if (body.length > MAX_ANSWER) {
                throw new AuthenticationException(
                        "the token server " + realm.host() + " answered with more than " + MAX_ANSWER + " bytes");
            }
            return token(body, realm, sent);
        }
    }

    private static Request.Builder ask(
            HttpUrl realm, Challenge challenge, SortedSet<String> scopes, @Nullable Credential credential) {
        HttpUrl.Builder url = realm.newBuilder();
        if (!challenge.param("service").isEmpty()) {
            url.addQueryParameter("service", challenge.param("service"));
        }
        scopes.forEach(scope -> url.addQueryParameter("scope", scope));
        Request.Builder request = new Request.Builder().url(url.build());
        if (credential != null) {
            request.header("Authorization", Credentials.basic(credential.username(), credential.secret()));
        }
        return request;
    }

    private static Request.Builder exchange(
            HttpUrl realm, Challenge challenge, SortedSet<String> scopes, Credential credential) {
        FormBody.Builder form = new FormBody.Builder()
                .add("grant_type", "refresh_token")
                .add("service", challenge.param("service"))
                .add("client_id", CLIENT_ID)
                .add("refresh_token", credential.secret());
        if (!scopes.isEmpty()) {
            form.add("scope", String.join(" ", scopes));
        }
        return new Request.Builder().url(realm).post(form.build());
    }

    /** A realm gets credentials: it must be at least as safe as the registry that names it (spec Q-AUTH-5). */
    private static HttpUrl realm(String text, HttpUrl asker) throws AuthenticationException {
        HttpUrl realm = HttpUrl.parse(text);
        if (realm == null) {
            throw new AuthenticationException("the registry wants a token but names no usable token server");
        }
        if (asker.isHttps() && !realm.isHttps()) {
            throw new AuthenticationException("the registry names the token server " + realm.host()
                    + " without TLS, which is refused because credentials would be readable on the way");
        }
        if (!realm.username().isEmpty() || !realm.password().isEmpty()) {
            throw new AuthenticationException(
                    "the registry names a token server with a user in its URL, which is refused");
        }
        return realm;
    }

    private static Token token(byte[] body, HttpUrl realm, Instant sent) throws AuthenticationException {
        try {
            JsonValue json = JsonValue.parse(body);
            String value = json.text("access_token");
            if (value == null || value.isEmpty()) {
                value = json.text("token");
            }
            if (value == null || value.isEmpty()) {
                throw new AuthenticationException("the token server " + realm.host() + " answered without a token");
            }
            JsonValue seconds = json.get("expires_in");
            long life = seconds == null ? 0 : seconds.asLong();
            Duration granted = life <= 0 ? DEFAULT_LIFE : Duration.ofSeconds(Math.min(life, 86_400));
            // Used up to four fifths of its life, so that it does not expire on the way.
            return new Token(value, sent.plus(granted.multipliedBy(4).dividedBy(5)));
        } catch (JsonException e) {
            throw new AuthenticationException(
                    "the token server " + realm.host() + " did not answer with a token: " + e.getMessage());
        }
    }
}
