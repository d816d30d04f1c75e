// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageReference;
import dev.jpull.json.JsonException;
import dev.jpull.manifest.ListedReferrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.Phase;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.ReferrerList;
import dev.jpull.registry.RetryBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks the hosts of one image what refers to a manifest: by the API, by the index under the tag that stands for it where no host has
 * the API (distribution-spec, "Referrers Tag Schema"), and by the tags of cosign, which it uses at either kind of registry. Safe
 * for use by several threads.
 */
final class ReferrerLookup {
    /** What cosign appends to the tag of an image: signatures, attestations, SBOMs. */
    private static final List<String> COSIGN_SUFFIXES = List.of(".sig", ".att", ".sbom");

    /** How much of a hash the tag schema uses. */
    private static final int MAX_HASH_IN_TAG = 64;

    private final PullContext pull;
    private final Documents documents;
    private final ReferrerSelection selection;
    private final ReferrerLimits limits;
    private final Consumer<HttpResponse> responses;

    /**
     * A lookup for one image.
     *
     * @param documents keeps what is under a tag
     * @param selection the wanted types; of others, a limited number is found
     * @param limits counts what is found
     * @param responses sees every response, for the warnings in its headers
     */
    ReferrerLookup(
            PullContext pull,
            Documents documents,
            ReferrerSelection selection,
            ReferrerLimits limits,
            Consumer<HttpResponse> responses) {
        this.pull = pull;
        this.documents = documents;
        this.selection = selection;
        this.limits = limits;
        this.responses = responses;
    }

    /** Something to ask about a subject. */
    interface Question {
        /**
         * Asks.
         *
         * @throws dev.jpull.error.PullException if no host can be asked; that there is nothing is an answer
         */
        Found ask();
    }

    /**
     * An answer.
     *
     * @param listed what a list has
     * @param unusable how many other entries it has, which are no descriptors
     * @param skipped how many entries of other types are left out, because there are too many
     * @param tagged what is under a tag of cosign, if there is something: only that tag says what it refers to
     */
    record Found(List<ListedReferrer> listed, int unusable, int skipped, Optional<Tagged> tagged) {
        static final Found NOTHING = new Found(List.of(), 0, 0, Optional.empty());
    }

    /** A document under a tag. */
    record Tagged(String tag, Descriptor descriptor, ImageDocument document) {}

    /** All questions about a subject; they can be asked at the same time. */
    List<Question> about(Digest subject) {
        List<Question> questions = new ArrayList<>();
        questions.add(() -> list(subject));
        if (subject.algorithm() == Digest.Algorithm.SHA256) { // cosign knows no other, and tags are not longer
            COSIGN_SUFFIXES.forEach(suffix -> questions.add(() -> tagged(tag(subject) + suffix)));
        }
        return questions;
    }

    private static String tag(Digest subject) {
        String hash = subject.hex();
        return subject.algorithm().label() + "-" + hash.substring(0, Math.min(hash.length(), MAX_HASH_IN_TAG));
    }

    private Found list(Digest subject) {
        try {
            ReferrerList list = pull.failover()
                    .first(
                            Phase.REFERRERS,
                            pull.endpoints().forReferrers(),
                            new RetryBudget(),
                            (host, within) -> ReferrerList.get(host, pull.image(), subject, selection, within))
                    .value();
            return new Found(list.entries(), list.unusable(), list.skipped(), Optional.empty());
        } catch (HostsExhausted e) {
            if (!e.isNotFound()) {
                throw e.toPullException("the list of what refers to " + subject + " in "
                        + pull.image().name());
            }
            return document(tag(subject)).map(this::fallback).orElse(Found.NOTHING);
        }
    }

    private Found fallback(VerifiedDocument index) {
        if (!index.descriptor().mediaType().isIndex()) {
            return Found.NOTHING; // an image with an odd tag
        }
        try {
            ListedReferrer.Page page = ListedReferrer.parse(index.content());
            // Clients write this index, and some of them a wrong type: the manifests decide.
            return new Found(page.entries(), page.unusable(), 0, Optional.empty());
        } catch (JsonException e) {
            throw new IllegalStateException(e); // it was parsed before
        }
    }

    private Found tagged(String tag) {
        return document(tag)
                .map(found -> {
                    limits.addBytes(found.descriptor().size());
                    documents.keep(found);
                    return new Found(
                            List.of(), 0, 0, Optional.of(new Tagged(tag, found.descriptor(), found.document())));
                })
                .orElse(Found.NOTHING);
    }

    /** The manifest or index under a tag of the repository; empty when no host has it. */
    private Optional<VerifiedDocument> document(String tag) {
        ImageReference tagged = pull.image().withTag(tag);
        try {
            return Optional.of(pull.failover()
                    .first(
                            Phase.REFERRERS,
                            pull.endpoints().forReferrers(),
                            new RetryBudget(),
                            (host, within) -> VerifiedDocument.get(host, tagged, within, responses))
                    .value());
        } catch (HostsExhausted e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e.toPullException("the tag " + tagged + ", which may have what refers to the image,");
        }
    }
}
