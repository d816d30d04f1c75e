// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a pull did to the line of its image in the lock file.
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param before the line before the pull, or null when there was none
 * @param after the line after the pull
 * @since 0.1.0
 */
public record LockChange(@Nullable LockedImage before, LockedImage after) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What a pull can do to a line. Later versions may add states, so that a {@code switch} needs a {@code default} branch. */
    public enum State {
        /** The lock file had no line of the image. */
        ADDED,
        /** The image has another digest than before. */
        MOVED,
        /** The image has the digest that it had; its date may be new, and platforms may have been added. */
        UNCHANGED
    }

    /** Refuses null, also in a serialized form. */
    public LockChange {
        Objects.requireNonNull(after, "after");
    }

    /** {@return what happened to the line} */
    public State state() {
        return before == null ? State.ADDED : before.digest().equals(after.digest()) ? State.UNCHANGED : State.MOVED;
    }
}
