// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.secret.Secret;

/**
 * A header that is sent to one host with every request. The value may be a secret and is never printed.
 *
 * @param name the name as written
 * @param value the value
 */
public record Header(String name, Secret value) {
    /** A header with a value that is never printed. */
    public Header(String name, String value) {
        this(name, Secret.of(value));
    }

    /** Whether a text can be the name of a header (RFC 9110, 5.1). */
    static boolean isName(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
    }

    /** Whether a text can be the value of a header (RFC 9110, 5.5). */
    static boolean isValue(String text) {
        return text.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 127);
    }
}
