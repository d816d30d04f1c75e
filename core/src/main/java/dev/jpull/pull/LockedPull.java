// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.LockException;
import dev.jpull.error.PullException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.LockChange;
import dev.jpull.image.LockedImage;
import dev.jpull.lockfile.LockRules;
import dev.jpull.lockfile.LockRules.Mode;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A pull as a lock file says. {@link #run} has the steps in their order. A tag is asked for by a HEAD request, which registries do not
 * count as a pull, and the image is then pulled by digest: a tag that moves meanwhile changes nothing.
 *
 * @param locked what the lock file has of the image
 * @param now the time of the call
 * @param context the call
 * @param wanted what is asked for
 * @param store the store when it is there
 * @param search looks for the image in the store
 */
record LockedPull(
        LockedName locked,
        Instant now,
        CallContext context,
        CallOptions wanted,
        Optional<ImageStore> store,
        StoreSearch search) {
    /**
     * Pulls the image, or finds it in the store.
     *
     * @param pull pulls without a lock file
     * @throws LockException if the lock file does not allow it
     */
    PulledContent run(Function<CallOptions, PulledContent> pull) {
        LockRules rules = locked.rules();
        LockedImage line = locked.line();
        boolean pinned = context.image().digest() != null;
        if (line == null) {
            PulledContent pulled = pull.apply(wanted);
            return pinned && rules.mode() != Mode.UPDATED ? pulled : added(pulled, pull);
        }
        if (pinned || !rules.isOutdated(line, now)) {
            Optional<PulledContent> stored = stored(line.digest(), pull);
            if (stored.isPresent()) {
                return recorded(stored.get().in(context, null), line, false);
            }
            if (pinned || rules.mode() == Mode.FOLLOWED || rules.maxAge() != null) {
                return recorded(pull.apply(byDigest(line.digest())), line, false);
            }
        }
        Resolution said;
        try {
            said = context.resolve();
        } catch (RegistryUnavailableException | ImageNotFoundException e) {
            return withoutTag(line, e, pull);
        }
        Digest digest = said.root().digest();
        if (rules.mode() == Mode.ENFORCED && !digest.equals(line.digest())) {
            throw context.outcome().masked(locked.moved(line, digest, said.host()));
        }
        PulledContent image = stored(digest, pull).orElseGet(() -> pull.apply(byDigest(digest)));
        return recorded(image.in(context, said.host()), line, true);
    }

    /** The image when the store has all that is wanted of it, under its name; with what is left to do, for which no tag is asked for. */
    private Optional<PulledContent> stored(Digest digest, Function<CallOptions, PulledContent> pull) {
        if (store.isEmpty()) {
            return Optional.empty();
        }
        ImageStore from = store.get();
        Optional<Descriptor> root = from.index()
                .find(ImageUpdate.nameOf(wanted, context.image()))
                .filter(entry -> entry.digest().equals(digest));
        if (root.isEmpty()) {
            return Optional.empty();
        }
        AtomicReference<PullPlan> plan = new AtomicReference<>();
        PulledContent image;
        try {
            image = search.find(from, digest, plan::set);
        } catch (ImageNotFoundException e) {
            return Optional.empty(); // not all of it is there: it is pulled
        }
        boolean annotated = root.get()
                .annotations()
                .entrySet()
                .containsAll(wanted.entry().annotations().entrySet());
        if (!annotated || !wanted.endsWithTheStore()) {
            return Optional.of(pull.apply(byDigest(digest).withoutMetadata()));
        }
        from.touch(digest);
        context.reporter().resolved(image.root(), "");
        context.reporter().planned(plan.get().blobs(), List.of());
        return Optional.of(image);
    }

    private CallOptions byDigest(Digest digest) {
        return wanted.with(
                context.image().withDigest(digest).toString(),
                ImageUpdate.nameOf(wanted, context.image()),
                wanted.entry().annotations());
    }

    /** No host says what the tag stands for: hosts that serve content by digest may have the image all the same. */
    private PulledContent withoutTag(
            LockedImage line, PullException failure, Function<CallOptions, PulledContent> pull) {
        if (locked.rules().mode() == Mode.UPDATED) {
            throw failure;
        }
        context.reporter()
                .warn("the locked digest of " + locked.name()
                        + " is used, because no host says what the tag stands for: " + failure.getMessage());
        try {
            PulledContent image = stored(line.digest(), pull).orElseGet(() -> pull.apply(byDigest(line.digest())));
            return recorded(image.in(context, image.resolvedBy()), line, false);
        } catch (RegistryUnavailableException | ImageNotFoundException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    /** An image that had no line, or the one of the line that was added meanwhile. */
    private PulledContent added(PulledContent image, Function<CallOptions, PulledContent> pull) {
        LockedImage line = locked.added(image, now, this::isCancelled);
        return line.digest().equals(image.root().digest())
                ? image.with(new LockChange(null, line))
                : recorded(pull.apply(byDigest(line.digest())), line, false);
    }

    private PulledContent recorded(PulledContent image, LockedImage line, boolean asked) {
        return locked.rules().mode() == Mode.ENFORCED
                ? locked.unchanged(image, line)
                : locked.written(image, line, asked, now, this::isCancelled);
    }

    private boolean isCancelled() {
        return context.pull().cancellation().isCancelled();
    }
}
