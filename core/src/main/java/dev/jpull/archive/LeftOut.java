// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import java.util.List;

/**
 * Parts of an image that an archive does not have.
 *
 * @param image the name of the image in the archive
 * @param reason why it does not have them
 * @param parts the parts: platforms or digests; they are the image's words
 */
public record LeftOut(String image, Reason reason, List<String> parts) {
    /** Why parts of an image are not carried. */
    public enum Reason {
        /** Manifests of the index whose content is not in the store, or not all of it. */
        NOT_IN_STORE,
        /** Referrers whose content is not in the store, or not all of it. */
        REFERRER_NOT_IN_STORE,
        /** The format has no place for further platforms. */
        PLATFORM_NOT_IN_FORMAT,
        /** The format has no place for referrers. */
        REFERRER_NOT_IN_FORMAT
    }

    /** Copies the list. */
    public LeftOut {
        parts = List.copyOf(parts);
    }
}
