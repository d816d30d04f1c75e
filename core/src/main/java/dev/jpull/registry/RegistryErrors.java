// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.HttpAnswer;
import dev.jpull.http.Redaction;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.util.Locale;
import java.util.StringJoiner;

/** What a registry says about its refusal (distribution-spec "Error Codes"). */
final class RegistryErrors {
    private static final int MAX_BODY = 64 << 10;

    private RegistryErrors() {}

    /** The status in words, and what the registry adds to it. */
    static String describe(HttpAnswer answer) {
        String said = saidBy(answer);
        return "status " + answer.status() + (said.isEmpty() ? "" : " (" + said + ")");
    }

    private static String saidBy(HttpAnswer answer) {
        String type = answer.header("Content-Type");
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
            return "an HTML page: is the path of the host right?";
        }
        try {
            byte[] body = answer.decodedBody().readNBytes(MAX_BODY);
            if (body.length == 0 || body[0] != '{') {
                return "";
            }
            JsonValue errors = JsonValue.parse(body).get("errors");
            StringJoiner joined = new StringJoiner("; ");
            if (errors != null) {
                for (JsonValue error : errors.elements()) {
                    String code = error.text("code");
                    String message = error.text("message");
                    joined.add((code == null ? "" : code + ": ") + (message == null ? "" : message));
                }
            }
            return Redaction.ofServerText(joined.toString());
        } catch (IOException | JsonException e) {
            return ""; // the status has to do
        }
    }
}
