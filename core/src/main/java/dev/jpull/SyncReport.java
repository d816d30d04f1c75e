// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.FailureKind;
import dev.jpull.error.PullException;
import dev.jpull.image.Digest;
import dev.jpull.sync.SyncedContent;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run over a list of images has done, or would do.
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param images the images, in the order of the list; entries of which no image is known come last
 * @param pruned the names of images that were removed; null when nothing was to be removed, or something failed before
 * @param bytesFreed how many bytes of content only those needed
 * @since 0.1.0
 */
public record SyncReport(List<SyncedImage> images, @Nullable List<String> pruned, long bytesFreed)
        implements Serializable {
    /** The worst first: what may be an attack or a defect, then what one can mend at home, then what may pass by itself. */
    private static final List<FailureKind> WORST_FIRST = List.of(
            FailureKind.INTERNAL,
            FailureKind.INTEGRITY,
            FailureKind.LOCK,
            FailureKind.STORE,
            FailureKind.CONFIGURATION,
            FailureKind.ACCESS_DENIED,
            FailureKind.NOT_FOUND,
            FailureKind.UNAVAILABLE,
            FailureKind.USAGE,
            FailureKind.CANCELLED);

    /** Copies the lists. */
    public SyncReport {
        images = List.copyOf(images);
        pruned = pruned == null ? null : List.copyOf(pruned);
    }

    /** What had to be done for an image. Later versions may add states, so that a {@code switch} needs a {@code default} branch. */
    public enum State {
        /** The store had no image of that name. */
        NEW,
        /** The store had another image of that name, or not all that is wanted of it. */
        UPDATED,
        /** The store had the image. */
        PRESENT,
        /** The image is not there, or not as it is wanted. */
        FAILED
    }

    /**
     * An image.
     *
     * @param name its name in the store; the repository when its tags are not known
     * @param source the reference by which it is pulled
     * @param digest the digest of its manifest or index; null after a failure
     * @param state what had to be done for it
     * @param bytes how many bytes of blobs were fetched for it, or would be; a blob of several images counts for one of them
     * @param failure why it failed; null when it did not
     */
    public record SyncedImage(
            String name,
            String source,
            @Nullable Digest digest,
            State state,
            long bytes,
            @Nullable PullException failure)
            implements Serializable {}

    static SyncReport of(SyncedContent content) {
        SyncedContent.Pruned pruned = content.pruned();
        return new SyncReport(
                content.images().stream().map(SyncReport::image).toList(),
                pruned == null ? null : pruned.names(),
                pruned == null ? 0 : pruned.bytes());
    }

    private static SyncedImage image(SyncedContent.Image image) {
        return new SyncedImage(
                image.name(),
                image.source(),
                image.digest(),
                image.state() == null
                        ? State.FAILED
                        : State.valueOf(image.state().name()),
                image.bytes(),
                image.failure());
    }

    /**
     * {@return how many images are in a state}
     *
     * @param state the state that is counted
     */
    public int count(State state) {
        Objects.requireNonNull(state, "state");
        return (int) images.stream().filter(image -> image.state() == state).count();
    }

    /** {@return how many bytes of blobs were fetched, or would be} */
    public long bytes() {
        return images.stream().mapToLong(SyncedImage::bytes).reduce(0, (sum, more) -> Math.max(sum + more, sum));
    }

    /** {@return the worst failure: content that is wrong before a store that fails, access that is denied, and hosts that are down} */
    public Optional<PullException> worstFailure() {
        return images.stream()
                .map(SyncedImage::failure)
                .filter(Objects::nonNull)
                .min(Comparator.comparingInt(failure -> WORST_FIRST.indexOf(failure.kind())));
    }
}
