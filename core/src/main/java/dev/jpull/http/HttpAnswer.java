// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** The answer to a request; must be closed. For use by one thread. */
public final class HttpAnswer implements Closeable {
    private final Response response;
    private final Call call;
    private final CallScope scope;
    private List<String> redirects = List.of();

    HttpAnswer(Response response, Call call, CallScope scope) {
        this.response = response;
        this.call = call;
        this.scope = scope;
    }

    /** The HTTP status. */
    public int status() {
        return response.code();
    }

    /** Whether the status says that the request was carried out. */
    public boolean isSuccessful() {
        return response.isSuccessful();
    }

    /** The last value of a header, or null. */
    public @Nullable String header(String name) {
        return response.header(name);
    }

    /** All values of a header. */
    public List<String> headers(String name) {
        return response.headers(name);
    }

    /** The URL that answered, after redirects, without secrets. */
    public String shownUrl() {
        return Redaction.of(url());
    }

    /** The URLs that led to this answer, without secrets; empty when the first one answered. */
    public List<String> redirects() {
        return redirects;
    }

    HttpAnswer after(List<String> hops) {
        redirects = List.copyOf(hops);
        return this;
    }

    /** The length of the body as the server declares it, or -1 when it does not, or not clearly. */
    public long declaredLength() {
        List<String> lengths = headers("Content-Length");
        if (lengths.size() != 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
            return -1;
        }
        return Long.parseLong(lengths.get(0));
    }

    /** The body as it is sent, for reading in large pieces. */
    public BufferedSource source() {
        return response.body().source();
    }

    /** The body with its content codings undone. */
    public InputStream decodedBody() throws IOException {
        List<String> codings = ContentCoding.of(headers("Content-Encoding"));
        InputStream body = source().inputStream();
        return codings.isEmpty() ? body : ContentCoding.decode(body, codings);
    }

    /** Whether the body has content codings. */
    public boolean isCoded() {
        return !ContentCoding.of(headers("Content-Encoding")).isEmpty();
    }

    /** Ends the call at once, with its connection. */
    public void cancel() {
        call.cancel();
    }

    HttpUrl url() {
        return response.request().url();
    }

    @Override
    public void close() {
        scope.remove(call);
        response.close();
    }
}
