// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.manifest.Referrer;
import dev.jpull.pull.UpdatedContent.State;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The pull of an image of a list. When the store has an image of that name, its tag is asked for by a HEAD request, which registries
 * do not count as a pull, and nothing else is requested when that gives the digest which is there.
 *
 * @param context the call
 * @param wanted what is asked for
 * @param store the store
 * @param search looks for the image in the store
 * @param locked whether a lock file decides what a tag stands for, which is a part of the pull
 */
record ImageUpdate(CallContext context, CallOptions wanted, ImageStore store, StoreSearch search, boolean locked) {
    /** The name of an image in the store. */
    static String nameOf(CallOptions wanted, ImageReference image) {
        String other = wanted.entry().name();
        return other == null ? image.toString() : other;
    }

    /**
     * Does it.
     *
     * @param pull pulls what has to be pulled
     */
    UpdatedContent run(Function<CallOptions, PulledContent> pull) {
        String name = nameOf(wanted, context.image());
        Descriptor before = store.index().find(name).orElse(null);
        if (before == null) {
            return new UpdatedContent(pull.apply(wanted.with(wanted.image(), name, annotations(true))), State.NEW);
        }
        Digest pinned = context.image().digest();
        Digest now = pinned != null
                ? pinned
                : locked ? before.digest() : context.resolve().root().digest();
        boolean same = now.equals(before.digest());
        if (same && !locked && wanted.content().referrers() == null) {
            AtomicReference<PullPlan> plan = new AtomicReference<>();
            Optional<PulledContent> there = stored(now, plan::set);
            if (there.isPresent()) {
                return present(there.get(), plan.get());
            }
        }
        Set<List<Digest>> known = referrers(store.index().referrers());
        known.addAll(referrers(new StoredReferrers(store).attestations(before)));
        boolean synced = before.annotations().containsKey(LayoutIndex.SYNCED);
        // By digest: a host is not asked again for what a tag names, and what is in the store is not requested.
        String reference =
                locked ? wanted.image() : context.image().withDigest(now).toString();
        PulledContent pulled = pull.apply(wanted.with(reference, name, annotations(synced)));
        boolean changed = !pulled.root().digest().equals(before.digest())
                || pulled.bytesFetched() > 0
                || !known.containsAll(referrers(pulled.referrers()));
        return new UpdatedContent(pulled, changed ? State.UPDATED : State.PRESENT);
    }

    /** An image that was pulled by hand does not become one that a list brought. */
    private Map<String, String> annotations(boolean synced) {
        Map<String, String> annotations = new LinkedHashMap<>(wanted.entry().annotations());
        if (synced) {
            annotations.put(LayoutIndex.SYNCED, "true");
        }
        return annotations;
    }

    private Optional<PulledContent> stored(Digest root, Consumer<PullPlan> planned) {
        try {
            return Optional.of(search.find(store, root, planned));
        } catch (ImageNotFoundException e) {
            return Optional.empty(); // not all of it is there: it is pulled
        }
    }

    private UpdatedContent present(PulledContent image, PullPlan plan) {
        store.touch(image.root().digest());
        context.reporter().resolved(image.root(), "");
        context.reporter().planned(plan.blobs(), List.of());
        return new UpdatedContent(image, State.PRESENT);
    }

    private static Set<List<Digest>> referrers(List<Referrer> referrers) {
        Set<List<Digest>> pairs = new HashSet<>();
        referrers.forEach(each -> pairs.add(List.of(each.descriptor().digest(), each.subject())));
        return pairs;
    }
}
