// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.IntegrityException;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageIndex;
import dev.jpull.manifest.Attestation;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.ListedReferrer;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.registry.PullContext;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds what refers to an image: signatures, SBOMs, attestations, and what refers to these. A list is believed only as far as the
 * manifests in it say the same. For use by one thread.
 */
public final class Referrers {
    /** How many warnings there are about what is left out; the rest is counted. */
    private static final int MAX_WARNINGS = 20;

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
     * Looks for referrers, and for the attestations of BuildKit, which are entries of the indexes. A referrer of a wanted type may
     * refer to one of another type, which then is found with it.
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
        List<Referrer> attestations = search.attestations(subjects);
        Set<Digest> level = new LinkedHashSet<>(search.own);
        attestations.forEach(each -> level.add(each.descriptor().digest()));
        search.below(level);
        List<Referrer> referrers = ReferrerSelection.withParents(search.found, search.wanted::contains);
        referrers.forEach(search::addParts);
        search.warn();
        return new ReferrerGraph(
                referrers, attestations, List.copyOf(search.manifests.values()), List.copyOf(search.blobs.values()));
    }

    /**
     * What may be a referrer.
     *
     * @param document its content, when it is at hand
     * @param wanted whether its type may be a wanted one; else it is looked at because something may refer to it
     */
    private record Candidate(Referrer said, Optional<ImageDocument> document, boolean wanted) {}

    /** What belongs to a document. */
    private record Parts(List<Descriptor> children, boolean isIndex) {
        static Parts of(ImageDocument document) {
            return new Parts(
                    document.children().stream()
                            .map(Descriptor::withoutAnnotations)
                            .toList(),
                    document instanceof ImageIndex);
        }
    }

    /** The state of a search. */
    private final class Search {
        private final Set<Digest> own = new LinkedHashSet<>();
        private final ReferrerSelection selection;
        private final ReferrerLimits limits = new ReferrerLimits(pull.image().toString());
        private final ReferrerLookup lookup;
        /** All that refers to the image, and which of it is wanted. */
        private final List<Referrer> found = new ArrayList<>();

        private final Set<Referrer> wanted = new HashSet<>();
        private final Map<Digest, Parts> parts = new HashMap<>();
        private final Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
        private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
        private final Set<List<Digest>> pairs = new HashSet<>();
        private final Set<String> leftOut = Collections.synchronizedSet(new LinkedHashSet<>());
        private int notSearched;

        Search(Collection<Descriptor> subjects, ReferrerSelection selection) {
            subjects.forEach(subject -> own.add(subject.digest()));
            this.selection = selection;
            this.lookup = new ReferrerLookup(pull, documents, selection, limits, responses);
        }

        /** Takes the attestations of manifests of the image from its indexes. */
        List<Referrer> attestations(Collection<Descriptor> documentsOfImage) {
            List<Attestation> listed = new ArrayList<>();
            for (Descriptor index : documentsOfImage) {
                if (index.mediaType().isIndex()) {
                    listed.addAll(Attestation.in(documents.read(index), own::contains));
                }
            }
            listed.forEach(attestation -> {
                limits.addReferrer();
                limits.addBytes(attestation.descriptor().size());
            });
            List<Optional<ImageDocument>> read = tasks.run(listed.stream()
                    .map(attestation ->
                            (Supplier<Optional<ImageDocument>>) () -> documents.readIfThere(attestation.descriptor()))
                    .toList());
            List<Referrer> attestations = new ArrayList<>();
            for (int i = 0; i < listed.size(); i++) {
                Attestation attestation = listed.get(i);
                ImageDocument document = read.get(i).orElse(null);
                if (document == null) {
                    leaveOut(attestation.descriptor().digest(), attestation.subject(), "no host has it");
                } else if (selection.admitsByLayers(document)) {
                    Referrer referrer = attestation.asReferrer(document);
                    attestations.add(referrer);
                    pairs.add(List.of(referrer.descriptor().digest(), referrer.subject())); // lists may have it as well
                    parts.put(referrer.descriptor().digest(), Parts.of(document));
                    addParts(referrer);
                }
            }
            return attestations;
        }

        /** Looks for what refers to these, and to what was found. */
        void below(Set<Digest> subjects) {
            List<Digest> level = List.copyOf(subjects);
            for (int depth = 0; !level.isEmpty(); depth++) {
                level = level(level);
                if (depth == ReferrerLimits.MAX_DEPTH && !level.isEmpty()) {
                    Set<Digest> tooDeep = Set.copyOf(level);
                    if (wanted.stream()
                            .anyMatch(each -> tooDeep.contains(each.descriptor().digest()))) {
                        throw limits.tooDeep();
                    }
                    notSearched += level.size();
                    return;
                }
            }
        }

        /** Looks for what refers to these; returns what was not known before. */
        private List<Digest> level(List<Digest> subjects) {
            List<Candidate> candidates = candidates(subjects);
            List<Optional<ImageDocument>> read = tasks.run(candidates.stream()
                    .map(candidate -> (Supplier<Optional<ImageDocument>>) () -> read(candidate))
                    .toList());
            List<Digest> next = new ArrayList<>();
            for (int i = 0; i < candidates.size(); i++) {
                Referrer said = candidates.get(i).said();
                ImageDocument document = read.get(i).orElse(null);
                Referrer referrer = document == null ? null : verified(candidates.get(i), document);
                Digest digest = said.descriptor().digest();
                if (document != null && referrer != null && pairs.add(List.of(digest, said.subject()))) {
                    found.add(referrer);
                    boolean tagged = !said.tag().isEmpty();
                    if (tagged ? selection.admitsByLayers(document) : selection.admits(referrer.artifactType())) {
                        wanted.add(referrer);
                    }
                    if (!own.contains(digest) && parts.putIfAbsent(digest, Parts.of(document)) == null) {
                        next.add(digest);
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
                notSearched += answer.skipped();
                Set<Digest> ofSubject = new HashSet<>();
                for (ListedReferrer listed : answer.listed()) {
                    if (canBeRead(listed, subject)
                            && ofSubject.add(listed.descriptor().digest())
                            && isAdmitted(listed)) {
                        candidates.add(new Candidate(
                                new Referrer(kept(listed), listed.artifactType(), subject, ""),
                                Optional.empty(),
                                listed.mayBe(selection)));
                    }
                }
                answer.tagged().ifPresent(tagged -> {
                    limits.addReferrer();
                    candidates.add(new Candidate(
                            new Referrer(tagged.descriptor(), "", subject, tagged.tag()),
                            Optional.of(tagged.document()),
                            true));
                });
            }
            return candidates;
        }

        private boolean isAdmitted(ListedReferrer listed) {
            long size = listed.descriptor().size();
            if (listed.mayBe(selection)) {
                limits.addReferrer();
                limits.addBytes(size);
                return true;
            }
            boolean admitted = limits.admitsOther(size);
            notSearched += admitted ? 0 : 1;
            return admitted;
        }

        private boolean canBeRead(ListedReferrer listed, Digest subject) {
            long size = listed.descriptor().size();
            if (size > DocumentJson.MAX_SIZE) {
                leaveOut(
                        listed.descriptor().digest(),
                        subject,
                        "it has " + size + " bytes, but a manifest has at most " + DocumentJson.MAX_SIZE);
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
                if (document.isEmpty() && candidate.wanted()) {
                    leaveOut(said.descriptor().digest(), said.subject(), "no host has it");
                }
                return document;
            } catch (IntegrityException e) {
                if (candidate.wanted()) {
                    leaveOut(
                            said.descriptor().digest(),
                            said.subject(),
                            "it cannot be used: " + ForeignText.line(String.valueOf(e.getMessage())));
                }
                return Optional.empty();
            }
        }

        /** The referrer as its own manifest describes it; null when that does not refer to the subject. */
        private @Nullable Referrer verified(Candidate candidate, ImageDocument document) {
            Referrer said = candidate.said();
            Digest digest = said.descriptor().digest();
            Descriptor subject = document.subject();
            boolean tagged = !said.tag().isEmpty();
            if (tagged && (own.contains(digest) || digest.equals(said.subject()))) {
                leaveOut(digest, said.subject(), "it is a manifest of the image itself");
                return null;
            }
            if (!tagged && (subject == null || !subject.digest().equals(said.subject()))) {
                if (candidate.wanted()) {
                    leaveOut(digest, said.subject(), "its manifest does not say that it refers to that");
                }
                return null;
            }
            String type = tagged ? Referrer.typeByLayers(document) : Referrer.type(document);
            return new Referrer(said.descriptor(), type, said.subject(), said.tag());
        }

        private void warn() {
            leftOut.stream().limit(MAX_WARNINGS).forEach(warnings);
            if (leftOut.size() > MAX_WARNINGS) {
                warnings.accept((leftOut.size() - MAX_WARNINGS) + " more artifacts that are listed as referring to "
                        + pull.image() + " are left out");
            }
            warnOfOthers();
        }

        private void warnOfOthers() {
            if (notSearched > 0) {
                warnings.accept(notSearched + " artifacts of other types that refer to " + pull.image()
                        + " are too many to look for what refers to them");
            }
        }

        private void leaveOut(Digest digest, Digest subject, String reason) {
            leftOut.add(digest + ", which is listed as referring to " + subject + ", is left out: " + reason);
        }

        /** Adds a referrer and what belongs to it; an index brings its manifests. */
        private void addParts(Referrer referrer) {
            Descriptor manifest = referrer.descriptor().withoutAnnotations();
            Parts known = parts.get(manifest.digest());
            if (known != null && !own.contains(manifest.digest())) {
                boolean isNew = manifests.putIfAbsent(manifest.digest(), manifest) == null;
                if (isNew) {
                    addParts(known, 0);
                }
            }
        }

        private void addParts(Parts document, int depth) {
            if (depth > ReferrerLimits.MAX_DEPTH) {
                throw limits.tooDeep();
            }
            List<Descriptor> below = new ArrayList<>();
            for (Descriptor child : document.children()) {
                if (document.isIndex() && child.mediaType().isManifestOrIndex()) {
                    if (!own.contains(child.digest()) && manifests.putIfAbsent(child.digest(), child) == null) {
                        limits.addBytes(child.size());
                        below.add(child);
                    }
                } else {
                    blobs.putIfAbsent(child.digest(), child);
                }
            }
            List<ImageDocument> read = tasks.run(below.stream()
                    .map(child -> (Supplier<ImageDocument>) () -> documents.read(child))
                    .toList());
            read.forEach(each -> addParts(Parts.of(each), depth + 1));
        }
    }
}
