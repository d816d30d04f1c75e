// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.LockException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.LockChange;
import dev.jpull.image.LockedImage;
import dev.jpull.image.Platform;
import dev.jpull.lockfile.LockRules;
import dev.jpull.lockfile.LockRules.Mode;
import dev.jpull.lockfile.Lockfile;
import dev.jpull.text.ForeignText;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a lock file has of one image.
 *
 * @param file the lock file
 * @param rules what it decides
 * @param image the reference
 */
record LockedName(Lockfile file, LockRules rules, ImageReference image) {
    /**
     * The line of the image, or null when there is none and none is needed.
     *
     * @throws LockException if one is needed
     */
    @Nullable
    LockedImage line() {
        LockedImage line = file.find(name(), rules.mode() == Mode.ENFORCED);
        if (line == null && rules.mode() == Mode.ENFORCED && image.digest() == null) {
            throw new LockException(FailureDetails.of(name() + " is not in the lock file " + shownFile()
                            + ": add it by an update of the lock file")
                    .with(Remedy.UPDATE_LOCK));
        }
        return line;
    }

    /** The reference in full. */
    String name() {
        return image.toString();
    }

    /**
     * An image of a search without requests, when the lock file allows it.
     *
     * @throws LockException if it does not
     */
    PulledContent found(PulledContent content) {
        LockedImage line = line();
        if (line == null) {
            return content;
        }
        if (!line.digest().equals(content.root().digest())) {
            throw new LockException(FailureDetails.of("the store has " + name() + " with the digest "
                            + content.root().digest() + ", and the lock file " + shownFile() + " has " + locked(line)
                            + ": pull the locked image, or update the lock file")
                    .with(Remedy.PULL_IMAGE));
        }
        return unchanged(content, line);
    }

    /**
     * An image with its line, which stays as it is.
     *
     * @throws LockException if the line has other manifests
     */
    PulledContent unchanged(PulledContent content, LockedImage line) {
        if (!line.digest().equals(content.root().digest())) {
            throw new IllegalStateException("the pull of " + name() + " gave "
                    + content.root().digest() + " instead of " + line.digest() + ", which the lock file has");
        }
        LockedPlatforms.check(content, line, shownFile());
        return content.with(new LockChange(line, line));
    }

    /**
     * What is wanted of the image by a call: an update that names no platform is for those of the line.
     *
     * @throws LockException if the lock file cannot be read
     */
    CallOptions complete(CallOptions wanted) {
        WantedContent content = wanted.content();
        if (rules.mode() != Mode.UPDATED
                || content.allPlatforms()
                || !content.platforms().isEmpty()) {
            return wanted;
        }
        LockedImage line = file.find(name(), false);
        return line == null
                ? wanted
                : wanted.with(content.with(
                        line.manifests().keySet().stream().map(Platform::parse).toList()));
    }

    /**
     * Adds the line of an image that had none; a line that another thread or process has added meanwhile wins.
     *
     * @return the line that the file has now; the image has another digest than it when the tag has moved meanwhile
     */
    LockedImage added(PulledContent content, Instant now, BooleanSupplier cancelled) {
        LockedImage fresh = LockedPlatforms.line(name(), content, now);
        return file.change(
                name(),
                current -> current == null || rules.mode() == Mode.UPDATED
                        ? LockedPlatforms.with(fresh, current)
                        : LockedPlatforms.with(current, fresh),
                cancelled);
    }

    /**
     * An image with what the pull did to its line, after the line is written. A tag that stands for the digest of the line leaves the line
     * as it is, so that an update changes only what a review has to see; its date is renewed when the line was too old.
     *
     * @param line the line before the pull
     * @param asked whether a host has said what the tag stands for; otherwise the image was pulled by the digest of the line
     */
    PulledContent written(
            PulledContent content, LockedImage line, boolean asked, Instant now, BooleanSupplier cancelled) {
        if (line.digest().equals(content.root().digest()) && rules.mode() != Mode.UPDATED) {
            LockedPlatforms.check(content, line, shownFile());
        }
        LockedImage fresh = LockedPlatforms.line(name(), content, now);
        LockedImage after = file.change(
                name(),
                current -> {
                    LockedImage there = Objects.requireNonNullElse(current, line);
                    boolean renewed = asked && (!LockedPlatforms.agree(there, fresh) || rules.isTooOld(there, now));
                    return renewed ? LockedPlatforms.with(fresh, current) : LockedPlatforms.with(there, fresh);
                },
                cancelled);
        return content.with(new LockChange(line, after));
    }

    /** The refusal of a tag that has another digest than its line. */
    LockException moved(LockedImage line, Digest found, String host) {
        return new LockException(FailureDetails.of("the tag " + name() + " has moved: the lock file " + shownFile()
                        + " has "
                        + locked(line) + ", and " + host + " has " + found
                        + " now: update the lock file to accept that, or pull " + image.withDigest(line.digest())
                        + " to keep the locked image")
                .with(Remedy.UPDATE_LOCK));
    }

    private static String locked(LockedImage line) {
        return line.digest() + " of " + line.date() + (line.host().isEmpty() ? "" : " from " + line.host());
    }

    private String shownFile() {
        return ForeignText.message(file.path().toString());
    }
}
