// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import dev.jpull.image.LockedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the pulls of an engine use a lock file.
 *
 * @param file the lock file
 * @param mode what it decides
 * @param maxAge how old a line may be before the tag is asked for again; null for any age
 */
public record LockRules(Path file, Mode mode, @Nullable Duration maxAge) {
    /** How far the clock of the machine that wrote a line may be ahead of this one. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);

    /** What a lock file decides. */
    public enum Mode {
        /** Images are pulled as the file says, and those that it does not have are added to it. */
        FOLLOWED,
        /** As above, but an image that is not in the file, or is another one now, is refused; the file is not written. */
        ENFORCED,
        /** Tags are asked for, and the file gets what they stand for. */
        UPDATED
    }

    /** The same in another mode. */
    public LockRules with(Mode other) {
        return new LockRules(file, other, maxAge);
    }

    /** Whether the tag of a line has to be asked for because of its age. A date in the future is no reason to trust a line. */
    public boolean isOutdated(LockedImage line, Instant now) {
        return mode == Mode.UPDATED || isTooOld(line, now);
    }

    /** Whether a line is older than a line may be; without an age that is given, no line is. */
    public boolean isTooOld(LockedImage line, Instant now) {
        return maxAge != null
                && (Duration.between(line.date(), now).compareTo(maxAge) > 0
                        || Duration.between(now, line.date()).compareTo(CLOCK_DIFFERENCE) > 0);
    }
}
