// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What refers to the images of an archive, and is in the store completely. For use by one thread. */
final class ImportedReferrers {
    /** How much of a hash the tags of referrers use (OCI distribution-spec, "Referrers Tag Schema"). */
    private static final int MAX_HASH_IN_TAG = 64;

    private final ImageStore store;
    private final Map<Referrer, ImageContent> open = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> required = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();

    ImportedReferrers(ImageStore store) {
        this.store = store;
    }

    /** Adds an entry that says what it refers to; one that lacks content, or that its manifest contradicts, is left out. */
    void add(Referrer referrer) {
        Descriptor root = referrer.descriptor().withoutAnnotations();
        ImageContent content = ImageContent.of(store, root, PlatformMatcher.all());
        String fault = content.lacking().isEmpty()
                ? store.document(root.digest(), DocumentJson.MAX_SIZE)
                        .map(document -> DocumentJson.parse(document, root.mediaType()))
                        .map(document -> fault(referrer, document.subject()))
                        .orElse("")
                : "which lacks " + content.lack();
        if (fault.isEmpty()) {
            open.put(referrer, content);
        } else {
            leftOut.add("the referrer " + root.digest() + ", " + fault);
        }
    }

    /** What speaks against an entry of an archive, which may claim anything; empty if nothing does. */
    private static String fault(Referrer referrer, @Nullable Descriptor subject) {
        Digest claimed = referrer.subject();
        if (referrer.descriptor().digest().equals(claimed)) {
            return "which the archive lists as a referrer of itself";
        }
        if (!referrer.tag().isEmpty() && !isTagOf(claimed, referrer.tag())) {
            return "whose tag is not one for " + claimed;
        }
        if (subject == null) {
            return referrer.tag().isEmpty() ? "whose manifest does not refer to " + claimed : "";
        }
        return subject.digest().equals(claimed)
                ? ""
                : "whose manifest refers to " + subject.digest() + ", not to " + claimed;
    }

    /** Whether a tag says of itself to which digest it belongs: {@code sha256-HEX}, also with an ending such as {@code .sig}. */
    private static boolean isTagOf(Digest subject, String tag) {
        String hash = subject.hex();
        String start = subject.algorithm().label() + "-" + hash.substring(0, Math.min(hash.length(), MAX_HASH_IN_TAG));
        return tag.startsWith(start) && tag.substring(start.length()).matches("([.][a-z0-9.-]{1,32})?");
    }

    /** Adds an entry without a name whose manifest says what it refers to, as oras writes it; false for others. */
    boolean addBySubject(Descriptor entry) {
        if (!entry.mediaType().isManifestOrIndex() || entry.size() > DocumentJson.MAX_SIZE) {
            return false;
        }
        Optional<ImageDocument> document = store.document(entry.digest(), DocumentJson.MAX_SIZE)
                .map(content -> DocumentJson.parse(content, entry.mediaType()));
        Descriptor subject = document.map(ImageDocument::subject).orElse(null);
        if (subject == null) {
            return false;
        }
        add(new Referrer(OciContents.listed(entry), document.get().artifactType(), subject.digest(), ""));
        return true;
    }

    /** Takes out those that refer to an image, directly or by one another. */
    List<Referrer> of(ImageContent image) {
        Set<Digest> subjects = new HashSet<>(image.documents());
        List<Referrer> found = new ArrayList<>();
        int before = -1;
        while (before < found.size()) {
            before = found.size();
            open.entrySet().removeIf(entry -> {
                boolean refers = subjects.contains(entry.getKey().subject());
                if (refers
                        && !entry.getKey().tag().isEmpty()
                        && image.documents()
                                .contains(entry.getKey().descriptor().digest())) {
                    leftOut.add("the referrer " + entry.getKey().descriptor().digest()
                            + ", which is a manifest of its own subject");
                } else if (refers) {
                    subjects.addAll(entry.getValue().documents());
                    take(entry.getKey(), entry.getValue(), found);
                }
                return refers;
            });
        }
        return found;
    }

    private void take(Referrer referrer, ImageContent content, List<Referrer> found) {
        found.add(referrer);
        content.required().forEach(descriptor -> required.put(descriptor.digest(), descriptor));
    }

    /** Takes out those that refer to something else that is in the store. */
    List<Referrer> ofOthers() {
        List<Referrer> others = new ArrayList<>();
        open.forEach((referrer, content) -> {
            if (store.document(referrer.subject(), DocumentJson.MAX_SIZE).isPresent()) {
                take(referrer, content, others);
            } else {
                leftOut.add("the referrer " + referrer.descriptor().digest() + " of " + referrer.subject()
                        + ", which is not in the store");
            }
        });
        open.clear();
        return others;
    }

    /** What those need that were taken out. */
    Collection<Descriptor> required() {
        return required.values();
    }

    /** What was left out, each in words. */
    List<String> leftOut() {
        return leftOut;
    }
}
