// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

/** A text that is no regular expression to Go, or beyond the limits of this package. The message is a part of a sentence. */
public final class GoRegexException extends Exception {
    private static final long serialVersionUID = 1L;

    GoRegexException(String message) {
        super(message);
    }
}
