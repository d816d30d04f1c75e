// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.Locale;

/**
 * Why a request to a host failed, or why another host was asked instead. Kinds may be added in later versions.
 *
 * @since 0.1.0
 */
public enum AttemptKind {
    /** The host does not have the content. */
    NOT_FOUND,
    /** The host, or its token server, refused access. */
    DENIED,
    /** The host is throttled: status 408, 425 or 429, or a Retry-After that has not passed yet. */
    THROTTLED,
    /** The host failed: a status from 500. */
    SERVER_ERROR,
    /** The host answered with another status that is no success. */
    REJECTED,
    /** No connection to the host could be made, now or a short while ago. */
    UNREACHABLE,
    /** The connection broke, or the host stopped sending. */
    TRANSPORT,
    /** The response is not what was requested: another digest, size or type. */
    MALFORMED,
    /** The host sent the content too slowly, now or a short while ago. */
    SLOW,
    /** The host had not begun its response when a hedge request to another host was answered first. */
    LATE,
    /** No failure: parts of large blobs come from other hosts as well, as the caller requested. */
    SPREAD;

    /** The name in machine formats: lower case, words joined by hyphens. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
