// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.IntegrityException;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.ImageDocument;
import dev.jpull.manifest.ImageIndex;
import dev.jpull.manifest.ImageManifest;
import dev.jpull.manifest.ListedReferrer;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.registry.PullContext;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Finds what refers to an image: signatures, SBOMs, attestations, and what refers to these. A list is believed only as far as the
 * manifests in it say the same. For use by one thread.
 */
public final class Referrers {
    /** How many warnings there are about what is left out; the rest is counted. */
    private static final int MAX_WARNINGS = 20;

    /** The length of the longest media type (RFC 6838). */
    private static final int MAX_TYPE = 255;

    private final PullContext pull;
    private final Documents documents;
    private final Tasks tasks;
    private final Consumer<HttpResponse> responses;
    private final Consumer<String> warnings;

    /** Runs tasks at the same time. */
    public interface Tasks {
        /** Runs them, and returns their results in the order of the tasks; the first failure ends all of them. */
        <T> List<T> run(List<Supplier<T>> tasks);
    }

    /**
     * For one image.
     *
     * @param documents where manifests come from
     * @param responses sees responses with documents, for the warnings in their headers
     * @param warnings is told what is left out
     */
    public Referrers(
            PullContext pull,
            Documents documents,
            Tasks tasks,
            Consumer<HttpResponse> responses,
            Consumer<String> warnings) {
        this.pull = pull;
        this.documents = documents;
        this.tasks = tasks;
        this.responses = responses;
        this.warnings = warnings;
    }

    /**
     * Looks for referrers.
     *
     * @param subjects the manifests and indexes of the image
     * @throws ConfigurationException if no host may be asked
     * @throws dev.jpull.error.PullException if no host can be asked, or there are more than any image has
     */
    public ReferrerGraph find(Collection<Descriptor> subjects, ReferrerSelection selection) {
        if (pull.endpoints().forReferrers().isEmpty()) {
            throw new ConfigurationException("no host that is configured for "
                    + pull.image().domain() + " may be asked what refers to " + pull.image()
                    + ": add \"referrers\" to the capabilities of one in hosts.toml, or pull without referrers");
        }
        Search search = new Search(subjects, selection);
        List<Digest> level = List.copyOf(search.own);
        for (int depth = 0; !level.isEmpty(); depth++) {
            level = search.level(level);
            if (depth == ReferrerLimits.MAX_DEPTH && !level.isEmpty()) {
                throw search.limits.tooDeep();
            }
        }
        search.warn();
        return new ReferrerGraph(
                search.found, List.copyOf(search.manifests.values()), List.copyOf(search.blobs.values()));
    }

    /**
     * What may be a referrer.
     *
     * @param document its content, when it is at hand
     */
    private record Candidate(Referrer said, Optional<ImageDocument> document) {}

    /** The state of a search. */
    private final class Search {
        private final Set<Digest> own = new LinkedHashSet<>();
        private final ReferrerSelection selection;
        private final ReferrerLimits limits = new ReferrerLimits(pull.image().toString());
        private final ReferrerLookup lookup;
        private final List<Referrer> found = new ArrayList<>();
        private final Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
        private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
        private final Set<List<Digest>> pairs = new HashSet<>();
        private final Set<String> leftOut = Collections.synchronizedSet(new LinkedHashSet<>());

        Search(Collection<Descriptor> subjects, ReferrerSelection selection) {
            subjects.forEach(subject -> own.add(subject.digest()));
            this.selection = selection;
            this.lookup = new ReferrerLookup(pull, documents, selection, limits, responses);
        }

        /** Looks for what refers to these; returns what was not known before. */
        List<Digest> level(List<Digest> subjects) {
            List<Candidate> candidates = candidates(subjects);
            List<Optional<ImageDocument>> read = tasks.run(candidates.stream()
                    .map(candidate -> (Supplier<Optional<ImageDocument>>) () -> read(candidate))
                    .toList());
            List<Digest> next = new ArrayList<>();
            for (int i = 0; i < candidates.size(); i++) {
                Referrer said = candidates.get(i).said();
                Optional<Referrer> referrer = read.get(i).flatMap(document -> verified(said, document));
                Descriptor manifest = said.descriptor().withoutAnnotations();
                if (referrer.isPresent() && pairs.add(List.of(manifest.digest(), said.subject()))) {
                    found.add(referrer.get());
                    if (!own.contains(manifest.digest())
                            && manifests.putIfAbsent(manifest.digest(), manifest) == null) {
                        next.add(manifest.digest());
                        addParts(read.get(i).get(), 0);
                    }
                }
            }
            return next;
        }

        /** Asks the hosts, and leaves out what cannot refer to a subject. */
        private List<Candidate> candidates(List<Digest> subjects) {
            List<Digest> askedFor = new ArrayList<>();
            List<Supplier<ReferrerLookup.Found>> questions = new ArrayList<>();
            for (Digest subject : subjects) {
                for (ReferrerLookup.Question question : lookup.about(subject)) {
                    askedFor.add(subject);
                    questions.add(question::ask);
                }
            }
            List<ReferrerLookup.Found> answers = tasks.run(questions);
            List<Candidate> candidates = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                Digest subject = askedFor.get(i);
                ReferrerLookup.Found answer = answers.get(i);
                if (answer.unusable() > 0) {
                    leftOut.add(answer.unusable() + " entries in the list of what refers to " + subject
                            + " are no descriptors, and are left out");
                }
                Set<Digest> ofSubject = new HashSet<>();
                for (ListedReferrer listed : answer.listed()) {
                    if (canBeRead(listed, subject)
                            && ofSubject.add(listed.descriptor().digest())) {
                        limits.addReferrer();
                        limits.addBytes(listed.descriptor().size());
                        candidates.add(new Candidate(
                                new Referrer(kept(listed), listed.artifactType(), subject, ""), Optional.empty()));
                    }
                }
                answer.tagged().ifPresent(tagged -> {
                    limits.addReferrer();
                    candidates.add(new Candidate(
                            new Referrer(tagged.descriptor(), "", subject, tagged.tag()),
                            Optional.of(tagged.document())));
                });
            }
            return candidates;
        }

        private boolean canBeRead(ListedReferrer listed, Digest subject) {
            long size = listed.descriptor().size();
            if (size > ImageDocument.MAX_SIZE) {
                leaveOut(
                        listed.descriptor().digest(),
                        subject,
                        "it has " + size + " bytes, but a manifest has at most " + ImageDocument.MAX_SIZE);
                return false;
            }
            boolean manifest = listed.descriptor().mediaType().isManifestOrIndex();
            if (!manifest) {
                leaveOut(
                        listed.descriptor().digest(),
                        subject,
                        "it is \""
                                + ForeignText.line(
                                        listed.descriptor().mediaType().value())
                                + "\", which is neither a manifest nor an index");
            }
            return manifest;
        }

        private Descriptor kept(ListedReferrer listed) {
            return limits.keepsAnnotations(listed.annotationCharacters())
                    ? listed.descriptor()
                    : listed.descriptor().withoutAnnotations();
        }

        /** The document; empty when the list names one that is not there, or content that is no such document. */
        private Optional<ImageDocument> read(Candidate candidate) {
            if (candidate.document().isPresent()) {
                return candidate.document();
            }
            Referrer said = candidate.said();
            try {
                Optional<ImageDocument> document = documents.readIfThere(said.descriptor());
                if (document.isEmpty()) {
                    leaveOut(said.descriptor().digest(), said.subject(), "no host has it");
                }
                return document;
            } catch (IntegrityException e) {
                leaveOut(
                        said.descriptor().digest(),
                        said.subject(),
                        "it cannot be used: " + ForeignText.line(String.valueOf(e.getMessage())));
                return Optional.empty();
            }
        }

        /** The referrer as its own manifest describes it; empty when that does not refer to the subject, or is not wanted. */
        private Optional<Referrer> verified(Referrer said, ImageDocument document) {
            Digest digest = said.descriptor().digest();
            Descriptor subject = document.subject();
            boolean tagged = !said.tag().isEmpty();
            if (tagged && (own.contains(digest) || digest.equals(said.subject()))) {
                leaveOut(digest, said.subject(), "it is a manifest of the image itself");
                return Optional.empty();
            }
            if (!tagged && (subject == null || !subject.digest().equals(said.subject()))) {
                leaveOut(digest, said.subject(), "its manifest does not say that it refers to that");
                return Optional.empty();
            }
            String type = typeOf(document, tagged);
            boolean wanted = selection.admits(type)
                    || tagged
                            && document.children().stream()
                                    .anyMatch(child ->
                                            selection.admits(child.mediaType().value()));
            return wanted
                    ? Optional.of(new Referrer(said.descriptor(), type, said.subject(), said.tag()))
                    : Optional.empty();
        }

        private void warn() {
            leftOut.stream().limit(MAX_WARNINGS).forEach(warnings);
            if (leftOut.size() > MAX_WARNINGS) {
                warnings.accept((leftOut.size() - MAX_WARNINGS) + " more artifacts that are listed as referring to "
                        + pull.image() + " are left out");
            }
        }

        private void leaveOut(Digest digest, Digest subject, String reason) {
            leftOut.add(digest + ", which is listed as referring to " + subject + ", is left out: " + reason);
        }

        /** Adds what belongs to a referrer; an index brings its manifests. */
        private void addParts(ImageDocument document, int depth) {
            if (depth > ReferrerLimits.MAX_DEPTH) {
                throw limits.tooDeep();
            }
            List<Descriptor> below = new ArrayList<>();
            for (Descriptor child : document.children()) {
                if (document instanceof ImageIndex && child.mediaType().isManifestOrIndex()) {
                    if (!own.contains(child.digest())
                            && manifests.putIfAbsent(child.digest(), child.withoutAnnotations()) == null) {
                        limits.addBytes(child.size());
                        below.add(child.withoutAnnotations());
                    }
                } else {
                    blobs.putIfAbsent(child.digest(), child.withoutAnnotations());
                }
            }
            List<ImageDocument> read = tasks.run(below.stream()
                    .map(child -> (Supplier<ImageDocument>) () -> documents.read(child))
                    .toList());
            read.forEach(each -> addParts(each, depth + 1));
        }
    }
    /** The type of an artifact. What cosign tags has the configuration of an image, and a layer of its own type. */
    private static String typeOf(ImageDocument document, boolean tagged) {
        String type = document.artifactType();
        if (tagged
                && type.isEmpty()
                && document instanceof ImageManifest manifest
                && !manifest.layers().isEmpty()) {
            type = manifest.layers().get(0).mediaType().value();
        }
        return type.length() > MAX_TYPE ? "" : type;
    }
}
