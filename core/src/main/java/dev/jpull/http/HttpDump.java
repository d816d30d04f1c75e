// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Shows every request and answer as it is on the line ({@code --http-dump}): first lines, headers, and bodies of JSON. Never
 * blobs, and nothing that is or may be secret: headers have to be known as harmless to be shown with their values.
 *
 * @param lines takes a line at a time
 * @param mask the secrets that a server may repeat
 */
record HttpDump(Consumer<String> lines, SecretMask mask) implements Interceptor {
    private static final int MAX_BODY = 16 << 10;
    /** Of an answer with a secret that is not known yet, nothing else is shown. */
    private static final Set<String> HARMLESS_OF_TOKENS =
            Set.of("connection", "content-length", "content-type", "transfer-encoding");

    private static final Set<String> HARMLESS = Set.of(
            "accept",
            "accept-encoding",
            "accept-ranges",
            "age",
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "date",
            "docker-content-digest",
            "docker-distribution-api-version",
            "docker-ratelimit-source",
            "etag",
            "host",
            "last-modified",
            "range",
            "ratelimit-limit",
            "ratelimit-remaining",
            "retry-after",
            "server",
            "transfer-encoding",
            "via",
            "warning",
            "www-authenticate");

    /** Marks a token request: its answer is a secret. */
    record ForToken() {}

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        String url = mask.mask(Redaction.of(request.url()));
        StringBuilder dump = new StringBuilder();
        dump.append("> ").append(request.method()).append(' ').append(url).append('\n');
        append(dump, "> ", request.headers(), request.url(), HARMLESS);
        lines.accept(dump.toString().stripTrailing());
        Response response = chain.proceed(request);
        StringBuilder answer = new StringBuilder();
        answer.append("< ").append(response.code()).append(' ').append(url).append('\n');
        boolean brings = request.tag(ForToken.class) != null && response.isSuccessful();
        append(answer, "< ", response.headers(), request.url(), brings ? HARMLESS_OF_TOKENS : HARMLESS);
        answer.append(body(request, response, brings));
        lines.accept(answer.toString().stripTrailing());
        return response;
    }

    private void append(StringBuilder dump, String mark, Headers headers, HttpUrl base, Set<String> harmless) {
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            dump.append(mark)
                    .append(foreign(name))
                    .append(": ")
                    .append(shown(name, headers.value(i), base, harmless))
                    .append('\n');
        }
    }

    private String shown(String name, String value, HttpUrl base, Set<String> harmless) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("location")) {
            @Nullable HttpUrl target = base.resolve(value);
            return target == null ? "***" : mask.mask(Redaction.of(target));
        }
        boolean own = lower.equals("user-agent") && value.startsWith(RequestHeaders.USER_AGENT);
        return own || harmless.contains(lower) ? foreign(value) : "***";
    }

    private String foreign(String text) {
        return Redaction.ofServerText(mask.maskForeign(text));
    }

    /** The beginning of a body of JSON; reading ahead does not take it away from the reader. */
    private String body(Request request, Response response, boolean brings) {
        String type = response.header("Content-Type", "");
        boolean json = type != null && type.toLowerCase(Locale.ROOT).contains("json");
        if (!json || request.method().equals("HEAD") || response.header("Content-Encoding") != null) {
            return "";
        }
        String body;
        try {
            body = response.peekBody(MAX_BODY).string();
        } catch (IOException e) {
            return "< the body cannot be read: " + foreign(TransportFailure.describe(e)) + "\n";
        }
        // The mask hides the beginning of a secret before an ellipsis.
        String shown = mask.maskForeign(body.length() >= MAX_BODY ? body + "…" : body);
        return "< " + (brings ? Redaction.ofSecretJson(shown) : Redaction.ofJson(shown)) + "\n";
    }
}
