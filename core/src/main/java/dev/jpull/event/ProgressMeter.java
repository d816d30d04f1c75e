// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.image.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the events of one puller into bytes, total, rate and remaining time, of each image that is being pulled and of all together.
 * It is a listener; the program asks for a {@link #snapshot} as often as it draws. Each puller needs a meter of its own: the numbers of
 * pulls are unique within one puller, so that pulls of one image by two pullers can be taken for one.
 *
 * <p>Counted are the bytes of blobs in the store: those that were there before, those that have come, and those of another process
 * that fetches the same blob. They never go back: when content is thrown away and fetched again, they stand still until it is there
 * again. A blob that several pulls need counts once in the sum of all pulls, and for each of these images.
 *
 * <p>The sum of all pulls begins anew with the first pull after a time without one. A pull that has ended is forgotten, so that the
 * memory is bounded by the pulls that are under way. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ProgressMeter implements PullListener {
    private final LongSupplier clock;

    /** The pulls that are under way. */
    @GuardedBy("this")
    private final Map<Key, MeteredPull> pulls = new LinkedHashMap<>();

    @GuardedBy("this")
    private MeteredBlobs all = new MeteredBlobs();

    @GuardedBy("this")
    private SmoothedRate rate = new SmoothedRate();

    /** What tells pulls apart: pulls of two pullers may have the same number. */
    private record Key(long pull, String image) {
        static Key of(PullEvent event) {
            return new Key(event.pull(), event.image());
        }
    }

    /**
     * How far a transfer is.
     *
     * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
     *
     * @param bytes how many bytes are in the store
     * @param total how many bytes are needed, as far as it is known; never less than {@code bytes}
     * @param totalKnown whether {@code total} is all that is needed; not before each pull has its {@link PullEvent.PullPlanned}
     * @param bytesPerSecond how many bytes come in a second, where the last seconds count most; 0 while it is not known
     * @param remaining how long the rest takes at that rate; null while the total or the rate is not known
     */
    public record Progress(
            long bytes,
            long total,
            boolean totalKnown,
            long bytesPerSecond,
            @Nullable Duration remaining) {
        static Progress of(long bytes, long total, boolean totalKnown, long bytesPerSecond) {
            return new Progress(
                    bytes, total, totalKnown, bytesPerSecond, remaining(total - bytes, totalKnown, bytesPerSecond));
        }

        private static @Nullable Duration remaining(long rest, boolean totalKnown, long bytesPerSecond) {
            if (!totalKnown || rest > 0 && bytesPerSecond == 0) {
                return null;
            }
            return rest == 0 ? Duration.ZERO : Duration.ofMillis((long) (rest * 1e3 / bytesPerSecond));
        }
    }

    /**
     * How far the pull of an image is.
     *
     * @param pull the number of the pull, as its events have it
     * @param image the image, as its events have it
     * @param progress how far it is
     */
    public record ImageProgress(long pull, String image, Progress progress) {}

    /**
     * The state at one moment.
     *
     * @param all all pulls since the last time without one
     * @param images the pulls that are under way, in the order in which they began
     */
    public record Snapshot(Progress all, List<ImageProgress> images) {
        /** Copies the list. */
        public Snapshot {
            images = List.copyOf(images);
        }
    }

    /** A meter that has seen nothing yet. */
    public ProgressMeter() {
        this(System::nanoTime);
    }

    /**
     * The same with another clock.
     *
     * @param clock gives nanoseconds, as {@link System#nanoTime()} does
     */
    ProgressMeter(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void onEvent(PullEvent event) {
        Objects.requireNonNull(event, "event");
        if (event instanceof PullEvent.PullStarted) {
            start(event);
            return;
        }
        MeteredPull pull = pulls.get(Key.of(event));
        if (pull == null) {
            return; // of a call that is no pull
        }
        if (event instanceof PullEvent.PullPlanned planned) {
            pull.plan(planned);
        } else if (event instanceof PullEvent.BlobPresent present) {
            count(pull, present, present.total(), false);
        } else if (event instanceof PullEvent.BlobQueued queued) {
            count(pull, queued, queued.bytes(), false);
        } else if (event instanceof PullEvent.BlobStarted started) {
            pull.rate().begin(clock.getAsLong());
            rate.begin(clock.getAsLong());
            count(pull, started, started.bytes(), false);
        } else if (event instanceof PullEvent.BlobProgress progress) {
            count(pull, progress, progress.bytes(), true);
        } else if (event instanceof PullEvent.BlobCompleted completed) {
            count(pull, completed, completed.total(), true);
        } else if (event instanceof PullEvent.PullCompleted || event instanceof PullEvent.PullFailed) {
            pulls.remove(Key.of(event));
            pull.digests().forEach(all::release);
        }
    }

    @GuardedBy("this")
    private void start(PullEvent event) {
        if (pulls.isEmpty()) {
            all = new MeteredBlobs();
            rate = new SmoothedRate();
        }
        pulls.put(Key.of(event), new MeteredPull());
    }

    @GuardedBy("this")
    private void count(MeteredPull pull, PullEvent.BlobEvent event, long bytes, boolean moved) {
        Digest digest = event.digest();
        boolean present = event instanceof PullEvent.BlobPresent;
        if (pull.isNew(digest)) {
            all.retain(digest);
        }
        long ofPull = pull.raise(digest, bytes, event.total(), present);
        long ofAll = all.raise(digest, bytes, event.total());
        if (moved) {
            long now = clock.getAsLong();
            pull.rate().add(ofPull, now);
            rate.add(ofAll, now);
        }
    }

    /** {@return how far the pulls are now} */
    public synchronized Snapshot snapshot() {
        long now = clock.getAsLong();
        List<ImageProgress> images = new ArrayList<>();
        long toCome = 0;
        boolean known = true;
        for (Map.Entry<Key, MeteredPull> entry : pulls.entrySet()) {
            MeteredPull pull = entry.getValue();
            images.add(new ImageProgress(entry.getKey().pull(), entry.getKey().image(), pull.progress(now)));
            toCome = MeteredBlobs.sum(toCome, pull.toCome());
            known &= pull.isPlanned();
        }
        Progress together = Progress.of(all.bytes(), MeteredBlobs.sum(all.total(), toCome), known, rate.at(now));
        return new Snapshot(together, images);
    }
}
