// SPDX-License-Identifier: Apache-2.0
package dev.jpull.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A text that is never shown: a password, a token, the value of a configured header. It prints as stars
 * in logs, events, messages and results; only {@link #reveal} returns it. Immutable.
 *
 * @since 0.1.0
 */
public final class Secret {
    /** No secret. */
    public static final Secret NONE = new Secret("");

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * {@return a text that is secret from now on}
     *
     * @param value the text
     */
    public static Secret of(String value) {
        return value.isEmpty() ? NONE : new Secret(value);
    }

    /** {@return the text itself, to be sent to the host it is for and to be stored nowhere else} */
    public String reveal() {
        return value;
    }

    /** {@return whether there is nothing to hide} */
    public boolean isEmpty() {
        return value.isEmpty();
    }

    /** Compares in a time that does not depend on where two secrets differ. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Stars, as many for every secret. */
    @Override
    public String toString() {
        return "***";
    }
}
