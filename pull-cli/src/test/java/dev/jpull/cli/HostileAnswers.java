// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.cli.HostileServer.Attack;
import dev.jpull.cli.HostileServer.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a hostile server answers, with everything in it that it was told, in all encodings, and with all that acts on a terminal. */
final class HostileAnswers {
    static final String ESCAPES = "\u001b[2J\u001b]0;x\u0007\u009b31m\u0085\u202egnp\u200b\u2028\u2029\u0000\u007f";
    private static final String NOWHERE = "http://127.0.0.1:1/";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /**
     * An answer.
     *
     * @param exitCode how a pull ends that has no other host
     */
    record Answer(String name, Attack attack, int exitCode) {}

    private HostileAnswers() {}

    /** What the request brought, in all encodings. */
    static List<String> told(Request request) {
        List<String> told = new ArrayList<>();
        for (String secret : List.of(
                request.credentials(),
                request.credentials().replaceFirst("^[^:]*:", ""),
                request.header("authorization"),
                request.header("x-api-key"))) {
            told.addAll(forms(secret));
        }
        return told;
    }

    /** A secret in all encodings; nothing for an empty one. */
    static List<String> forms(String secret) {
        if (secret.isEmpty()) {
            return List.of();
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        StringBuilder percent = new StringBuilder();
        StringBuilder json = new StringBuilder();
        StringBuilder html = new StringBuilder();
        StringBuilder hex = new StringBuilder();
        for (byte each : bytes) {
            percent.append(String.format("%%%02x", each));
            hex.append(String.format("%02x", each));
        }
        for (int i = 0; i < secret.length(); i++) {
            json.append(String.format("\\u%04x", (int) secret.charAt(i)));
            html.append("&#").append((int) secret.charAt(i)).append(';');
        }
        return List.of(
                secret,
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                percent.toString(),
                json.toString(),
                secret.replace("\"", "\\\"").replace("/", "\\/"),
                html.toString(),
                secret.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"),
                hex.toString(),
                Base64.getEncoder().encodeToString(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes),
                Base64.getUrlEncoder().encodeToString(bytes));
    }

    private static String jsonText(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            json.append(
                    c < ' ' ? String.format("\\u%04x", (int) c) : c == '"' || c == '\\' ? "\\" + c : String.valueOf(c));
        }
        return json.append('"').toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Text for a header: what is no ASCII goes as the bytes of UTF-8. */
    private static String header(String text) {
        return new String(utf8(text.replaceAll("[\\r\\n\\u0000]", " ")), StandardCharsets.ISO_8859_1);
    }

    private static Attack answer(String status, String type, Function<Request, String> body) {
        return (request, out) ->
                HostileServer.write(out, status, "Content-Type: " + type + "\r\n", utf8(body.apply(request)));
    }

    private static Attack withHeader(String status, String name, Function<Request, String> value) {
        return (request, out) ->
                HostileServer.write(out, status, header(name + ": " + value.apply(request)) + "\r\n", new byte[0]);
    }

    private static String everything(Request request) {
        return ESCAPES + String.join(" | ", told(request)) + ESCAPES;
    }

    private static String errors(Request request) {
        return "{\"errors\":[{\"code\":" + jsonText(everything(request)) + ",\"message\":"
                + jsonText(everything(request)) + ",\"detail\":{" + jsonText(ESCAPES) + ":"
                + jsonText(request.credentials()) + "}}]}";
    }

    /** Those of a server that speaks HTTP. */
    static List<Answer> all() {
        List<Answer> all = new ArrayList<>();
        all.addAll(repeating());
        all.addAll(malformed());
        return all;
    }

    private static List<Answer> repeating() {
        return List.of(
                new Answer("403 with errors", answer("403 Forbidden", "application/json", HostileAnswers::errors), 4),
                new Answer("404 with errors", answer("404 Not Found", "application/json", HostileAnswers::errors), 5),
                new Answer(
                        "400 with text",
                        answer("400 Bad", "text/plain", request -> ESCAPES + request.credentials() + ESCAPES),
                        6),
                new Answer(
                        "404 with a page",
                        answer(
                                "404 Not Found",
                                "text/html",
                                request -> "<html><title>" + everything(request) + "</title></html>"),
                        5),
                new Answer(
                        "403 with a long error that cuts a secret",
                        answer("403 Forbidden", "application/json", request -> {
                            String padding =
                                    "x".repeat(499 - request.credentials().length() / 2);
                            return "{\"errors\":[{\"message\":" + jsonText(padding + request.credentials()) + "}]}";
                        }),
                        4),
                new Answer(
                        "a reason phrase",
                        (request, out) -> out.write(("HTTP/1.1 403 " + header(everything(request))
                                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1)),
                        4),
                new Answer(
                        "headers",
                        (request, out) -> {
                            StringBuilder headers = new StringBuilder();
                            for (String name : List.of(
                                    "ETag",
                                    "Server",
                                    "Via",
                                    "Warning",
                                    "Retry-After",
                                    "RateLimit-Limit",
                                    "RateLimit-Remaining",
                                    "Docker-Content-Digest",
                                    "WWW-Authenticate",
                                    "Date",
                                    "X-Secret",
                                    "Set-Cookie",
                                    "Content-Type")) {
                                headers.append(name)
                                        .append(": ")
                                        .append(header(everything(request)))
                                        .append("\r\n");
                            }
                            HostileServer.write(out, "403 Forbidden", headers.toString(), new byte[0]);
                        },
                        4),
                new Answer(
                        "a warning",
                        withHeader(
                                "403 Forbidden",
                                "Warning",
                                request -> "299 - \""
                                        + everything(request)
                                                .replace("\\", "\\\\")
                                                .replace("\"", "\\\"") + "\""),
                        4),
                new Answer(
                        "a redirect to where nothing listens",
                        withHeader(
                                "307 Temporary Redirect", "Location", request -> NOWHERE + request.header("x-api-key")),
                        6),
                new Answer(
                        "a redirect to a path that is a secret, and so on",
                        withHeader(
                                "307 Temporary Redirect",
                                "Location",
                                request -> request.origin() + "/v2/" + request.header("x-api-key") + "/"
                                        + URLEncoder.encode(ESCAPES + request.credentials(), StandardCharsets.UTF_8)
                                        + "?" + request.header("x-api-key") + "=1"),
                        7),
                new Answer(
                        "a redirect with a user",
                        withHeader(
                                "307 Temporary Redirect",
                                "Location",
                                request -> "http://u:" + request.header("x-api-key") + "@127.0.0.1/" + ESCAPES),
                        7),
                new Answer(
                        "a realm",
                        withHeader(
                                "401 Unauthorized",
                                "WWW-Authenticate",
                                request -> "Bearer realm=\"" + NOWHERE + request.header("x-api-key") + ESCAPES
                                        + "\",service=\"" + request.header("x-api-key") + "\""),
                        6),
                new Answer(
                        "a realm that is no URL",
                        withHeader(
                                "401 Unauthorized",
                                "WWW-Authenticate",
                                request -> "Bearer realm=\"" + ESCAPES + request.header("x-api-key") + "\""),
                        4));
    }

    private static List<Answer> malformed() {
        return List.of(
                new Answer("a page", answer("200 OK", "text/html", request -> "<title>" + everything(request)), 7),
                new Answer(
                        "a type that is a secret",
                        answer(
                                "200 OK",
                                "application/x-secret; x=y",
                                request -> "{\"mediaType\":" + jsonText(everything(request)) + "}"),
                        7),
                new Answer(
                        "a manifest of secrets",
                        answer(
                                "200 OK",
                                MANIFEST,
                                request -> "{\"schemaVersion\":2,\"config\":{\"mediaType\":"
                                        + jsonText(request.header("x-api-key")) + ",\"digest\":"
                                        + jsonText("sha256:" + everything(request)) + ",\"size\":1},"
                                        + jsonText(everything(request)) + ":"
                                        + jsonText(everything(request)) + "}"),
                        7),
                new Answer("text instead of JSON", answer("200 OK", MANIFEST, HostileAnswers::everything), 7),
                new Answer(
                        "a long token",
                        answer(
                                "200 OK",
                                MANIFEST,
                                request -> "{\"token\":\"" + "a\\\"".repeat(300_000) + "\",\"x\":"
                                        + jsonText(everything(request)) + ",\"auth\":\"" + request.header("x-api-key")),
                        7),
                new Answer("deep JSON", answer("200 OK", MANIFEST, request -> "[{\"a\":".repeat(50_000)), 7),
                new Answer(
                        "invalid UTF-8",
                        (request, out) -> HostileServer.write(
                                out,
                                "200 OK",
                                "Content-Type: " + MANIFEST + "\r\n",
                                ("{\"a\":\"\u00ff\u00c3\u001b" + request.header("x-api-key") + "\u00e2\u0080")
                                        .getBytes(StandardCharsets.ISO_8859_1)),
                        7),
                new Answer(
                        "an error of 8 MB",
                        answer(
                                "403 Forbidden",
                                "application/json",
                                request -> "{\"errors\":[{\"message\":"
                                        + jsonText(everything(request).repeat(1) + "y".repeat(8 << 20)) + "}]}"),
                        4),
                new Answer("a redirect loop", withHeader("307 Temporary Redirect", "Location", Request::target), 7));
    }

    /** A server that is no server: what breaks clients rather than what they print. */
    static Map<String, Attack> broken() {
        return Map.of(
                "a body that is cut off",
                (request, out) -> out.write(
                        utf8("HTTP/1.1 200 OK\r\nContent-Type: " + MANIFEST + "\r\nContent-Length: 900\r\n\r\n{")),
                "headers without an end",
                (request, out) -> {
                    out.write(utf8("HTTP/1.1 200 OK\r\n"));
                    repeat(out, "X-Flood: " + request.header("x-api-key") + "\r\n", 40_000);
                },
                "no HTTP",
                (request, out) -> out.write(utf8(everything(request) + "\r\n\r\n")),
                "a chunk that is no number",
                (request, out) -> out.write(
                        utf8("HTTP/1.1 200 OK\r\nContent-Type: " + MANIFEST + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + everything(request).replace('\n', ' ') + "\r\n")));
    }

    /** What libraries throw at that is no {@code IOException}, or never end at. */
    static Map<String, Attack> unexpected() {
        return Map.of(
                "a negative length",
                (request, out) -> out.write(utf8("HTTP/1.1 200 OK\r\nContent-Type: " + MANIFEST
                        + "\r\nContent-Length: -5\r\n\r\n" + everything(request))),
                "a negative status",
                (request, out) -> out.write(utf8(
                        "HTTP/1.1 -12 " + everything(request).replace('\n', ' ') + "\r\nContent-Length: 0\r\n\r\n")),
                "three thousand codings",
                (request, out) -> HostileServer.write(
                        out,
                        "200 OK",
                        "Content-Type: " + MANIFEST + "\r\n" + "Content-Encoding: gzip\r\n".repeat(3_000),
                        utf8(everything(request))),
                "a chunk extension of 64 MB",
                (request, out) -> {
                    out.write(utf8("HTTP/1.1 200 OK\r\nContent-Type: " + MANIFEST
                            + "\r\nTransfer-Encoding: chunked\r\n\r\n5;"));
                    repeat(out, request.header("x-api-key") + "=", 2_700_000);
                });
    }

    private static void repeat(OutputStream out, String piece, int times) throws IOException {
        byte[] bytes = utf8(piece.repeat(1000));
        for (int i = 0; i < times / 1000; i++) {
            out.write(bytes);
        }
    }
}
