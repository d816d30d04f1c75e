// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

/**
 * The kinds of failure that a user can act on. Each has one exception type and one stable name for machine formats. Later versions
 * may add kinds, so that a {@code switch} over them needs a {@code default} branch.
 *
 * @since 0.1.0
 */
public enum FailureKind {
    /** A reference, platform or option that cannot be parsed. */
    USAGE("usage"),
    /** Host configuration, certificates or credential files that cannot be used. */
    CONFIGURATION("configuration"),
    /** The registry refused access. */
    ACCESS_DENIED("access-denied"),
    /** No host has the image, or the image has no manifest for the platform. */
    NOT_FOUND("not-found"),
    /** No host could be reached, or all of them failed. */
    UNAVAILABLE("unavailable"),
    /** Content is not what its digest, size or media type says. */
    INTEGRITY("integrity"),
    /** The local store cannot be read or written. */
    STORE("store"),
    /** The lock file does not allow the pull, or cannot be read or written. */
    LOCK("lock"),
    /** The pull was cancelled by its owner. */
    CANCELLED("cancelled"),
    /** A defect of jpull, or of code that the caller supplied. */
    INTERNAL("internal");

    private final String label;

    FailureKind(String label) {
        this.label = label;
    }

    /** {@return the stable name of this kind in machine formats} */
    public String label() {
        return label;
    }
}
