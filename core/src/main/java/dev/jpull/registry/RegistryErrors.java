// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.HttpAnswer;
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
    static String describe(HttpAnswer answer) throws OverdueException {
        String said = saidBy(answer);
        return "status " + answer.status() + (said.isEmpty() ? "" : " (" + said + ")") + limit(answer);
    }

    /** What is left of the pulls that the registry allows, where it says so. */
    private static String limit(HttpAnswer answer) {
        String limit = answer.header("RateLimit-Limit");
        String remaining = answer.header("RateLimit-Remaining");
        return limit == null || remaining == null
                ? ""
                : ", " + answer.shown(beforeSemicolon(remaining)) + " of " + answer.shown(beforeSemicolon(limit))
                        + " pulls left";
    }

    private static String beforeSemicolon(String header) {
        int semicolon = header.indexOf(';');
        return semicolon < 0 ? header : header.substring(0, semicolon);
    }

    /** What the body says: the errors in it, or the title of a page; empty for nothing. */
    static String saidBy(HttpAnswer answer) throws OverdueException {
        try {
            byte[] body = answer.decodedBody().readNBytes(MAX_BODY);
            String type = answer.header("Content-Type");
            if (type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
                return page(new String(body, StandardCharsets.UTF_8), answer);
            }
            if (body.length > 0 && body[0] == '{') {
                return errors(body, answer);
            }
            boolean text = type != null && type.toLowerCase(Locale.ROOT).startsWith("text/plain");
            return text && body.length <= MAX_TEXT ? answer.shown(new String(body, StandardCharsets.UTF_8)) : "";
        } catch (OverdueException e) {
            throw e; // the host is not to be waited for again
        } catch (IOException | JsonException e) {
            return ""; // the status has to do
        }
    }

    private static String errors(byte[] body, HttpAnswer answer) throws JsonException {
        JsonValue errors = JsonValue.parse(body).get("errors");
        StringJoiner joined = new StringJoiner("; ");
        if (errors != null) {
            for (JsonValue error : errors.elements()) {
                String code = error.text("code");
                String message = error.text("message");
                joined.add((code == null ? "" : code + ": ") + (message == null ? "" : message) + detail(error));
            }
        }
        return answer.shown(joined.toString());
    }

    /** The detail is whatever the registry likes; a short one may help. */
    private static String detail(JsonValue error) throws JsonException {
        JsonValue detail = error.get("detail");
        String text = detail == null ? "" : String.valueOf(detail.toPlain());
        return text.isEmpty() || text.equals("null") || text.length() > MAX_TEXT ? "" : " (" + text + ")";
    }

    /** A page comes from a proxy before the registry, or from a path where there is none. */
    private static String page(String html, HttpAnswer answer) {
        Matcher title = TITLE.matcher(html);
        String titled = title.find() ? " titled \"" + answer.shown(title.group(1)) + "\"" : "";
        return "an HTML page" + titled + (answer.status() == 404 ? ": is the path of the host right?" : "");
    }
}
