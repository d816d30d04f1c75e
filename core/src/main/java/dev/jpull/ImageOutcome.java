// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.PullException;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the work on one of several images ended: with a result, or with a failure. Serializable with its result.
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param image the reference as it was given
 * @param result the result, or null when the work failed
 * @param failure why there is no result, or null
 * @param <T> the type of the result
 * @since 0.1.0
 */
public record ImageOutcome<T>(
        String image, @Nullable T result, @Nullable PullException failure) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Checks that there is either a result or a failure. */
    public ImageOutcome {
        Objects.requireNonNull(image, "image");
        if ((result == null) == (failure == null)) {
            throw new IllegalArgumentException("the work on an image has either a result or a failure");
        }
    }

    /**
     * {@return the result}
     *
     * @throws PullException when there is no result: a new one with the frames of the caller, of the type and with the message, the
     *     attempts and the remedies of the failure, which is its cause
     */
    public T orThrow() {
        if (failure != null) {
            throw PullException.of(
                    failure.kind(),
                    FailureDetails.of(String.valueOf(failure.getMessage()))
                            .causedBy(failure)
                            .after(failure.attempts())
                            .withRemedies(failure.remedies()));
        }
        return Objects.requireNonNull(result);
    }
}
