// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

/**
 * An image of a list, which the store has now.
 *
 * @param image the image
 * @param state what had to be done for it
 */
public record UpdatedContent(PulledContent image, State state) {
    /** What has to be done for an image of a list. */
    public enum State {
        /** The store has no image of that name. */
        NEW,
        /** The store has another image of that name, or not all that is wanted of it. */
        UPDATED,
        /** The store has the image. */
        PRESENT
    }
}
