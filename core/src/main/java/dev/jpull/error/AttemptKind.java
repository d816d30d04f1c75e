// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.Locale;

/** Why an attempt at a host came to nothing, or why another host was asked instead. Kinds may be added in later versions. */
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
    /** The connection broke, or the host fell silent. */
    TRANSPORT,
    /** The host answered with something else than what was asked for: another digest, size or type. */
    MALFORMED,
    /** The host sent the content too slowly, now or a short while ago. */
    SLOW,
    /** The host had not begun its answer when another host was asked as well, which answered first. */
    LATE,
    /** The host did nothing wrong: parts of large blobs come from other hosts as well, because that was asked for. */
    SPREAD;

    /** The name in machine formats: lower case, words joined by hyphens. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
