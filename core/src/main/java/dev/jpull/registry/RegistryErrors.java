// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.HttpResponse;
import dev.jpull.http.OverdueException;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a registry says about its refusal (distribution-spec "Error Codes"). */
final class RegistryErrors {
    private static final int MAX_BODY = 64 << 10;
    private static final int MAX_TEXT = 200;
    private static final Pattern TITLE = Pattern.compile("(?is)<title>([^<]*)</title>");

    private RegistryErrors() {}

    /** The status in words, and what the registry adds to it. */
    static String describe(HttpResponse response) throws OverdueException {
        String said = saidBy(response);
        return "status " + response.status() + (said.isEmpty() ? "" : " (" + said + ")") + limit(response);
    }

    /** How many pulls the rate limit of the registry still allows, if the response has that header. */
    private static String limit(HttpResponse response) {
        String limit = response.header("RateLimit-Limit");
        String remaining = response.header("RateLimit-Remaining");
        return limit == null || remaining == null
                ? ""
                : ", " + response.shown(beforeSemicolon(remaining)) + " of " + response.shown(beforeSemicolon(limit))
                        + " pulls left";
    }

    private static String beforeSemicolon(String header) {
        int semicolon = header.indexOf(';');
        return semicolon < 0 ? header : header.substring(0, semicolon);
    }

    /** What the body says: the errors in it, or the title of a page; empty for nothing. */
    static String saidBy(HttpResponse response) throws OverdueException {
        try {
            byte[] body = response.decodedBody().readNBytes(MAX_BODY);
            String type = response.header("Content-Type");
            if (type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
                return page(new String(body, StandardCharsets.UTF_8), response);
            }
            if (body.length > 0 && body[0] == '{') {
                return errors(body, response);
            }
            boolean text = type != null && type.toLowerCase(Locale.ROOT).startsWith("text/plain");
            return text && body.length <= MAX_TEXT ? response.shown(new String(body, StandardCharsets.UTF_8)) : "";
        } catch (OverdueException e) {
            throw e; // the host is not to be waited for again
        } catch (IOException | JsonException e) {
            return ""; // the status has to do
        }
    }

    private static String errors(byte[] body, HttpResponse response) throws JsonException {
        JsonValue errors = JsonValue.parse(body).get("errors");
        StringJoiner joined = new StringJoiner("; ");
        if (errors != null) {
            for (JsonValue error : errors.elements()) {
                String code = error.text("code");
                String message = error.text("message");
                joined.add((code == null ? "" : code + ": ") + (message == null ? "" : message) + detail(error));
            }
        }
        return response.shown(joined.toString());
    }

    /** The detail may be any JSON; a short one may help. */
    private static String detail(JsonValue error) throws JsonException {
        JsonValue detail = error.get("detail");
        String text = detail == null ? "" : String.valueOf(detail.toPlain());
        return text.isEmpty() || text.equals("null") || text.length() > MAX_TEXT ? "" : " (" + text + ")";
    }

    /** A page comes from a proxy before the registry, or from a path where there is none. */
    private static String page(String html, HttpResponse response) {
        Matcher title = TITLE.matcher(html);
        String titled = title.find() ? " titled \"" + response.shown(title.group(1)) + "\"" : "";
        return "an HTML page" + titled + (response.status() == 404 ? ": is the path of the host right?" : "");
    }
}
