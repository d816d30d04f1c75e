// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.PullException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.pull.UpdatedContent.State;
import dev.jpull.resolve.Documents;
import dev.jpull.resolve.PullPlan;
import dev.jpull.resolve.ReferrerGraph;
import dev.jpull.resolve.Referrers;
import dev.jpull.store.ImageStore;
import java.util.List;
import java.util.Optional;

/**
 * Asks what an {@link ImageUpdate} would fetch: manifests are requested and thrown away, blobs are not requested, and nothing is
 * written.
 *
 * @param context the call
 * @param wanted what would be asked for
 * @param store the store, when it is there
 * @param search looks for the image in a store
 * @param tasks runs requests at the same time
 * @param budget how many blobs the plan may have
 */
record PlanQuery(
        CallContext context,
        CallOptions wanted,
        Optional<ImageStore> store,
        StoreSearch search,
        PooledTasks tasks,
        BlobBudget budget) {
    /** Asks. */
    PlannedContent ask() {
        try {
            return plan();
        } catch (PullException e) {
            throw context.outcome().masked(e);
        } finally {
            context.reportNotices();
        }
    }

    private PlannedContent plan() {
        String name = ImageUpdate.nameOf(wanted, context.image());
        Descriptor before = store.flatMap(there -> there.index().find(name)).orElse(null);
        Digest pinned = context.image().digest();
        Descriptor root = before != null && before.digest().equals(pinned)
                ? before
                : context.resolve().root();
        boolean same = before != null && before.digest().equals(root.digest());
        if (same && wanted.content().referrers() == null && isComplete(root.digest())) {
            return new PlannedContent(name, root, State.PRESENT, List.of());
        }
        Documents documents = Documents.unstored(context.pull());
        PullPlan image = PullPlan.walk(
                name, root, wanted.content().planWithoutMetadata(), new PooledDocuments(documents, tasks));
        PullPlan plan = image.with(referrers(image, documents));
        List<Descriptor> missing =
                store.map(there -> there.missing(plan.blobs())).orElse(plan.blobs());
        budget.take(missing.size());
        State state = before == null ? State.NEW : same && missing.isEmpty() ? State.PRESENT : State.UPDATED;
        return new PlannedContent(name, root, state, missing);
    }

    private ReferrerGraph referrers(PullPlan image, Documents documents) {
        ReferrerSelection selection = wanted.content().referrers();
        return selection == null
                ? ReferrerGraph.NONE
                : new Referrers(context.pull(), documents, tasks, context.reporter()::headers, context.reporter()::warn)
                        .find(image.documents(), selection);
    }

    private boolean isComplete(Digest root) {
        try {
            return !search.find(store.orElseThrow(), root, plan -> {}).name().isEmpty();
        } catch (ImageNotFoundException e) {
            return false;
        }
    }
}
