// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

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
 */
record HttpDump(Consumer<String> lines) implements Interceptor {
    private static final int MAX_BODY = 16 << 10;
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

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        StringBuilder dump = new StringBuilder();
        dump.append("> ")
                .append(request.method())
                .append(' ')
                .append(Redaction.of(request.url()))
                .append('\n');
        append(dump, "> ", request.headers(), request.url());
        lines.accept(dump.toString().stripTrailing());
        Response response = chain.proceed(request);
        StringBuilder answer = new StringBuilder();
        answer.append("< ")
                .append(response.code())
                .append(' ')
                .append(Redaction.of(request.url()))
                .append('\n');
        append(answer, "< ", response.headers(), request.url());
        answer.append(body(request, response));
        lines.accept(answer.toString().stripTrailing());
        return response;
    }

    private static void append(StringBuilder dump, String mark, Headers headers, HttpUrl base) {
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            dump.append(mark)
                    .append(name)
                    .append(": ")
                    .append(shown(name, headers.value(i), base))
                    .append('\n');
        }
    }

    private static String shown(String name, String value, HttpUrl base) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("location")) {
            @Nullable HttpUrl target = base.resolve(value);
            return target == null ? "***" : Redaction.of(target);
        }
        boolean own = lower.equals("user-agent") && value.startsWith(HttpEndpoint.USER_AGENT);
        return own || HARMLESS.contains(lower) ? Redaction.ofServerText(value) : "***";
    }

    /** The beginning of a body of JSON; reading ahead does not take it away from the reader. */
    private static String body(Request request, Response response) throws IOException {
        String type = response.header("Content-Type", "");
        boolean json = type != null && type.toLowerCase(Locale.ROOT).contains("json");
        if (!json || request.method().equals("HEAD") || response.header("Content-Encoding") != null) {
            return "";
        }
        return "< " + Redaction.ofJson(response.peekBody(MAX_BODY).string()) + "\n";
    }
}
