// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.text.ForeignText;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** Takes out texts with the form of a secret; known secrets are masked by their values. */
public final class Redaction {
    private static final Pattern AUTHORIZATION = Pattern.compile("(?i)\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{6,}");

    /** Parameters that have no secret: the namespace for a mirror, and the length of a page of tags. */
    private static final Set<String> HARMLESS = Set.of("ns", "n");

    private Redaction() {}

    /** The URL without user and password, and without the values of its query, which may be signatures. */
    public static String of(HttpUrl url) {
        HttpUrl.Builder shown =
                url.newBuilder().username("").password("").query(null).fragment(null);
        for (int i = 0; i < url.querySize(); i++) {
            String name = url.queryParameterName(i);
            String value = url.queryParameterValue(i);
            shown.addQueryParameter(name, HARMLESS.contains(name) || value == null ? value : "***");
        }
        return shown.build().toString();
    }

    /** JSON that a server sent, without what looks like a secret, on one line. */
    static String ofJson(String json) {
        String shown = withoutAuthorization(new JsonRedaction(json, false).shown());
        return ForeignText.line(shown, Integer.MAX_VALUE);
    }

    /** JSON with a secret: names alone, on one line. */
    static String ofSecretJson(String json) {
        return ForeignText.line(new JsonRedaction(json, true).shown(), Integer.MAX_VALUE);
    }

    /** A server may repeat what it was sent. */
    static String withoutAuthorization(String text) {
        return AUTHORIZATION.matcher(text).replaceAll("$1 ***");
    }

    /** Text that a server sent, fit for a terminal: one line, no control characters, not too long. */
    public static String ofServerText(String text) {
        return ForeignText.line(withoutAuthorization(text));
    }
}
