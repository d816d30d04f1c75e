// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import dev.jpull.text.ForeignText;
import java.io.Serializable;
import java.time.Duration;

/**
 * One request, or one refusal to make a request, on the way to a failure or a fallback.
 *
 * @param host the origin that was asked, such as {@code https://mirror.example:5000}
 * @param url the URL that was asked, without secrets; empty when no request was made
 * @param phase what was wanted: {@code resolve}, {@code manifest} or {@code blob}
 * @param kind why the request failed, for programs
 * @param status the HTTP status, or 0 when there was no answer
 * @param reason why the request failed, as a human-readable part of a sentence
 * @param elapsed the time it took
 * @since 0.1.0
 */
public record Attempt(
        String host, String url, String phase, AttemptKind kind, int status, String reason, Duration elapsed)
        implements Serializable {
    /** Escapes control characters: the texts may quote a host. */
    public Attempt {
        host = ForeignText.message(host);
        url = ForeignText.message(url);
        reason = ForeignText.message(reason);
    }

    /** The attempt as one human-readable line. */
    @Override
    public String toString() {
        String target = url.isEmpty() ? host : url;
        return phase + " " + target + ": " + reason + " (" + elapsed.toMillis() + " ms)";
    }
}
