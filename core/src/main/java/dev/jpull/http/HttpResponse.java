// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The answer to a request; must be closed. For use by one thread. */
public final class HttpResponse implements Closeable {
    private static final int MAX_SHOWN = 8 << 10;

    private final Response response;
    private final Call call;
    private final Exchange exchange;
    private final SecretMask mask;
    private List<String> redirects = List.of();
    private boolean ofTheHost = true;
    private @Nullable InputStream decoded;
    private boolean last;

    HttpResponse(Response response, Call call, Exchange exchange, SecretMask mask) {
        this.response = response;
        this.call = call;
        this.exchange = exchange;
        this.mask = mask;
    }

    /** The HTTP status. */
    public int status() {
        return response.code();
    }

    /** How long the server took, from the end of the request to the head of the answer, in whole milliseconds. */
    public Duration answerTime() {
        return Duration.ofMillis(Math.max(0, response.receivedResponseAtMillis() - response.sentRequestAtMillis()));
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
        return mask.mask(Redaction.of(url()));
    }

    /** A text of the server from this answer, human-readable: without the secrets in use or control characters, one short line. */
    public String shown(String text) {
        return ForeignText.line(masked(text));
    }

    /** Something that the server wrote in this answer, without the secrets in use, and not too long. */
    public String masked(String text) {
        // The mask hides the beginning of a secret before an ellipsis.
        String beginning = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
        return Redaction.withoutAuthorization(mask.maskForeign(beginning));
    }

    /** The URLs that led to this answer, without secrets; empty when the first one answered. */
    public List<String> redirects() {
        return redirects;
    }

    /** Whether the host answered, with its credentials; else a target of a redirect did, which gets none. */
    public boolean isOfTheHost() {
        return ofTheHost;
    }

    /** The origin that answered, after redirects. */
    public String origin() {
        String root = url().newBuilder()
                .username("")
                .password("")
                .encodedPath("/")
                .query(null)
                .fragment(null)
                .toString();
        return ForeignText.line(root.substring(0, root.length() - 1));
    }

    /**
     * The answer ends its exchange.
     *
     * @param ofHost whether the host answered, and not the target of a redirect
     */
    HttpResponse after(List<String> hops, boolean ofHost) {
        redirects = List.copyOf(hops);
        ofTheHost = ofHost;
        last = true;
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

    /** The body as it is sent; what is read counts as received. Every failure while it is read is an {@link IOException}. */
    public InputStream body() {
        return new Body(response.body().source().inputStream());
    }

    /** The body with its content codings undone. */
    public InputStream decodedBody() throws IOException {
        List<String> codings = ContentCoding.of(headers("Content-Encoding"));
        if (codings.isEmpty()) {
            return body();
        }
        decoded = ContentCoding.decode(body(), codings);
        return decoded;
    }

    /**
     * The body is content, and the time for its transfer depends on its size: the time limit of the answer ends, and only the
     * silence of the host has a limit.
     */
    public void contentBegins() throws IOException {
        exchange.contentBegins();
        // OkHttp would set and clear a timer for every 8 KiB; the socket's own timeout notices silence as well.
        response.body().source().timeout().clearTimeout();
    }

    /**
     * Limits how long the next piece of the content may take, also while bytes come without content: the heads of chunks, or
     * parts of a content coding.
     *
     * @param nanos from now on
     */
    public void limitNextRead(long nanos) {
        response.body().source().timeout().deadline(nanos, TimeUnit.NANOSECONDS);
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
        exchange.close(call, response, decoded);
        if (last) {
            exchange.end();
        }
    }

    /** A body within its exchange. */
    private final class Body extends InputStream {
        private final InputStream in;

        Body(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return exchange.read(in, buffer, offset, length);
        }
    }
}
