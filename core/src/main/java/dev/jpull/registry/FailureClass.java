// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.AttemptKind;

/** The kind of a failure at a host, which decides the next request. */
public enum FailureClass {
    /** It does not have the content: the next host is asked, and nothing is held against this one. */
    NOT_FOUND,
    /** It refused the credentials, or the absence of credentials. */
    DENIED,
    /** It is throttled: status 408, 425 or 429. */
    THROTTLED,
    /** It failed, and may do better later: 5xx. */
    SERVER_ERROR,
    /** It answered with another status that is no success. */
    REJECTED,
    /** No connection could be made. */
    UNREACHABLE,
    /** The connection broke. */
    TRANSPORT,
    /** It answered with something that is not what was asked for. */
    MALFORMED,
    /** It sends less than it has to, while nothing else is wrong. */
    SLOW;

    /** The kind as callers of a pull get to see it. */
    public AttemptKind kind() {
        return AttemptKind.valueOf(name());
    }

    static FailureClass ofStatus(int status) {
        return switch (status) {
            case 404 -> NOT_FOUND;
            case 401, 403 -> DENIED;
            case 408, 425, 429 -> THROTTLED;
            default -> status >= 500 ? SERVER_ERROR : REJECTED;
        };
    }

    /** Whether the host has answered, and is not throttled. */
    boolean isAnswer() {
        return this == NOT_FOUND || this == DENIED || this == REJECTED || this == SERVER_ERROR;
    }

    /** Whether the same host may give a better answer later. */
    boolean isTransient() {
        return this == THROTTLED || this == SERVER_ERROR || this == UNREACHABLE || this == TRANSPORT;
    }
}
