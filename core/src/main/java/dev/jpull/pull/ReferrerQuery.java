// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageIndex;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.resolve.Documents;
import dev.jpull.resolve.Referrers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks what refers to an image, without pulling anything or writing to the store.
 *
 * @param context the call
 * @param tasks runs requests at the same time
 */
record ReferrerQuery(CallContext context, PooledTasks tasks) {
    private static final int MAX_DEPTH = 4;
    private static final int MAX_MANIFESTS = 1_000;

    /**
     * Asks.
     *
     * @param wanted the image, and of an index the platforms; all when none is named
     */
    ReferrerAnswer ask(CallOptions wanted, ReferrerSelection selection) {
        try {
            context.reporter().findings(context.hosts().findings());
            Descriptor root = context.resolver().resolve().root();
            Documents documents = Documents.unstored(context.pull());
            Map<Digest, Descriptor> subjects = new LinkedHashMap<>();
            subjects.put(root.digest(), root);
            addBelow(root, 0, subjects, wanted, documents);
            List<Referrer> referrers = new Referrers(
                            context.pull(), documents, tasks, context.reporter()::headers, context.reporter()::warn)
                    .find(subjects.values(), selection)
                    .all();
            List<Descriptor> manifests = new ArrayList<>(subjects.values());
            return context.outcome()
                    .masked(new ReferrerAnswer(
                            context.image().toString(), root, manifests.subList(1, manifests.size()), referrers));
        } catch (PullException e) {
            throw context.outcome().masked(e);
        } finally {
            context.reportNotices();
        }
    }

    private void addBelow(
            Descriptor index, int depth, Map<Digest, Descriptor> subjects, CallOptions wanted, Documents documents) {
        if (!index.mediaType().isIndex()) {
            return;
        }
        ImageDocument document = documents.read(index);
        if (document instanceof ImageIndex list) {
            List<Descriptor> chosen = wanted.content().platforms().isEmpty()
                    ? list.manifests()
                    : wanted.content().plan().matcher().filter(list.manifests());
            for (Descriptor entry : chosen) {
                if (entry.mediaType().isManifestOrIndex()
                        && subjects.putIfAbsent(entry.digest(), entry.withoutAnnotations()) == null) {
                    if (depth >= MAX_DEPTH || subjects.size() > MAX_MANIFESTS) {
                        throw new IntegrityException(
                                "the index of " + context.image() + " is nested more than " + MAX_DEPTH
                                        + " deep or has more than " + MAX_MANIFESTS + " manifests: choose a platform");
                    }
                    addBelow(entry, depth + 1, subjects, wanted, documents);
                }
            }
        }
    }
}
