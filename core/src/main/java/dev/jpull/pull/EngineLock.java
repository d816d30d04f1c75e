// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.LockException;
import dev.jpull.image.ImageReference;
import dev.jpull.image.LockedImage;
import dev.jpull.lockfile.LockRules;
import dev.jpull.lockfile.LockRules.Mode;
import dev.jpull.lockfile.Lockfile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lock file of an engine, or none. Safe for use by several threads. */
final class EngineLock {
    private static final String REMEDY = "the puller has no lock file: name one when the puller is built";

    private final @Nullable LockRules rules;
    private final @Nullable Lockfile file;

    /** A lock file that is used by rules, or none when these are null. */
    EngineLock(@Nullable LockRules rules) {
        this.rules = rules;
        this.file = rules == null ? null : new Lockfile(rules.file());
    }

    /**
     * What the lock file has of the image of a call; null when there is none.
     *
     * @throws LockException if the call needs one
     */
    @Nullable
    LockedName of(CallOptions wanted, ImageReference image) {
        Mode mode = wanted.terms().lock();
        if (rules == null || file == null) {
            if (mode != null && mode != Mode.FOLLOWED) {
                throw new LockException("the lock file decides about " + image + ", but " + REMEDY);
            }
            return null;
        }
        return new LockedName(file, mode == null ? rules : rules.with(mode), image);
    }

    /**
     * The images of the lock file, sorted by name.
     *
     * @throws LockException if there is none, or it cannot be used
     */
    List<LockedImage> images() {
        if (file == null) {
            throw new LockException(REMEDY);
        }
        return file.images();
    }
}
