// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

/** A rule or setting of a list that cannot be used. The message is a sentence part; the remedy says what to write. */
final class InvalidRuleException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    InvalidRuleException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
