// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import dev.jpull.http.TokenVectors;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import okhttp3.FormBody;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Stands in for the network: answers requests as the script of a case says, and logs them. */
final class ScriptedNetwork implements Interceptor {
    private final List<JsonNode> script = new ArrayList<>();
    private final List<Integer> left = new ArrayList<>();
    private final ArrayNode log = Outcome.object().putArray("requests");

    ScriptedNetwork(JsonNode responses) {
        if (responses != null) {
            for (JsonNode response : responses) {
                script.add(response);
                left.add(
                        response.get("times") == null
                                ? Integer.MAX_VALUE
                                : response.get("times").intValue());
            }
        }
    }

    /** The requests so far. */
    ArrayNode log() {
        return log;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        // OkHttp leaves out a port that is the default one, so that the log has the URL as it is requested.
        var entry = log.addObject()
                .put("method", request.method())
                .put("url", request.url().toString());
        if (request.header("Range") != null) {
            entry.put("range", request.header("Range"));
        }
        if (request.header("Authorization") != null) {
            entry.put("authorization", request.header("Authorization"));
        }
        if (request.body() instanceof FormBody form) {
            entry.set("form", TokenVectors.form(form));
        }
        JsonNode rule = rule(request);
        String networkError = rule == null ? "" : Outcome.text(rule, "network_error", "");
        switch (networkError) {
            case "refused" -> throw new ConnectException("Connection refused");
            case "timeout" -> throw new SocketTimeoutException("timeout");
            case "eof" -> throw new EOFException("unexpected end of stream");
            default -> {
                return answer(request, rule);
            }
        }
    }

    private JsonNode rule(Request request) {
        for (int i = 0; i < script.size(); i++) {
            JsonNode rule = script.get(i);
            boolean method = Outcome.text(rule, "method", request.method()).equals(request.method());
            boolean url = request.url().toString().startsWith(Outcome.text(rule, "url_prefix", ""));
            if (method && url && left.get(i) > 0) {
                left.set(i, left.get(i) - 1);
                return rule;
            }
        }
        return null;
    }

    private static Response answer(Request request, JsonNode rule) throws IOException {
        Response.Builder response = new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .message("");
        if (rule == null) {
            return response.code(404)
                    .body(ResponseBody.create(new byte[0], null))
                    .build();
        }
        byte[] body = body(rule);
        int status = rule.get("status") == null ? 200 : rule.get("status").intValue();
        String range = request.header("Range");
        if (Outcome.flag(rule, "honor_range") && range != null && status == 200) {
            int dash = range.indexOf('-');
            int start = Integer.parseInt(range.substring("bytes=".length(), dash));
            int end = dash == range.length() - 1 ? body.length - 1 : Integer.parseInt(range.substring(dash + 1));
            response.header("Content-Range", "bytes " + start + "-" + end + "/" + body.length);
            body = Arrays.copyOfRange(body, Math.min(start, body.length), Math.min(end + 1, body.length));
            status = 206;
        }
        boolean noLength = Outcome.flag(rule, "no_content_length");
        if (!noLength) {
            response.header("Content-Length", String.valueOf(body.length));
        }
        if (rule.get("headers") != null) {
            for (Map.Entry<String, JsonNode> header : rule.get("headers").properties()) {
                response.header(header.getKey(), header.getValue().stringValue());
            }
        }
        for (JsonNode challenge : rule.path("www_authenticate")) {
            response.addHeader("WWW-Authenticate", challenge.stringValue());
        }
        JsonNode truncate = rule.get("truncate_after");
        long limit = truncate == null ? Long.MAX_VALUE : truncate.longValue();
        return response.code(status).body(new Body(body, limit, noLength)).build();
    }

    private static byte[] body(JsonNode rule) {
        if (rule.get("body_base64") != null) {
            return Base64.getDecoder().decode(rule.get("body_base64").stringValue());
        }
        if (rule.get("body_pattern_len") != null) {
            byte[] pattern = new byte[rule.get("body_pattern_len").intValue()];
            for (int i = 0; i < pattern.length; i++) {
                pattern[i] = (byte) ('a' + i % 26);
            }
            return pattern;
        }
        return Outcome.text(rule, "body", "").getBytes(StandardCharsets.UTF_8);
    }

    /** A body that may break off. */
    private static final class Body extends ResponseBody {
        private final long length;
        private final BufferedSource source;

        Body(byte[] content, long limit, boolean noLength) {
            this.length = noLength ? -1 : content.length;
            this.source = Okio.buffer(new ForwardingSource(new Buffer().write(content)) {
                private long sent;

                @Override
                public long read(Buffer sink, long byteCount) throws IOException {
                    if (sent >= limit) {
                        throw new EOFException("unexpected end of stream");
                    }
                    long read = super.read(sink, Math.min(byteCount, limit - sent));
                    sent += Math.max(0, read);
                    return read;
                }
            });
        }

        @Override
        public MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public BufferedSource source() {
            return source;
        }
    }
}
