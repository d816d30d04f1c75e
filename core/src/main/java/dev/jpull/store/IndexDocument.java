// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.DescriptorJson;
import dev.jpull.manifest.Referrer;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The content of an index.json (OCI image-spec, image-layout.md). Members and entries that other programs wrote are kept as they
 * are. Immutable.
 */
final class IndexDocument {
    private static final String MANIFESTS = "manifests";
    /** Annotations that say what a program does with an entry; in the list of a host they would give its content a name. */
    private static final Set<String> NAMING = Set.of(
            LayoutIndex.REF_NAME,
            LayoutIndex.IMAGE_NAME,
            LayoutIndex.PULLED,
            LayoutIndex.SUBJECT,
            LayoutIndex.REFERRER_TAG,
            LayoutIndex.SYNCED);

    /** All members but the entries, which are empty here. */
    private final Map<String, Object> members;

    private final List<JsonValue> entries;

    private IndexDocument(Map<String, Object> members, List<JsonValue> entries) {
        this.members = members;
        this.entries = entries;
    }

    /** The document of a store without images. */
    static IndexDocument empty() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("schemaVersion", 2);
        members.put("mediaType", MediaType.OCI_INDEX.value());
        members.put(MANIFESTS, List.of());
        return new IndexDocument(members, List.of());
    }

    /**
     * Parses a document.
     *
     * @throws JsonException if it is no JSON object with entries
     */
    static IndexDocument parse(byte[] json) throws JsonException {
        JsonValue index = JsonValue.parse(json);
        Map<String, Object> members = new LinkedHashMap<>();
        index.members().forEach((name, member) -> members.put(name, member.toPlain()));
        return new IndexDocument(members, index.require(MANIFESTS).elements());
    }

    /** The document as JSON. */
    byte[] toJson() {
        return JsonValue.write(toPlain());
    }

    /** Whether the document has no more values than are read. */
    boolean isReadable() {
        return JsonValue.count(toPlain()) <= JsonValue.MAX_VALUES;
    }

    private Map<String, Object> toPlain() {
        List<Object> plain = new ArrayList<>();
        entries.forEach(entry -> plain.add(entry.toPlain()));
        Map<String, Object> all = new LinkedHashMap<>(members);
        all.put(MANIFESTS, plain);
        return all;
    }

    /** How many entries there are. */
    int size() {
        return entries.size();
    }

    /** The entries that name content which may be in the store; another flaw of an entry does not make that content unneeded. */
    List<LayoutIndex.Entry> entries() {
        List<LayoutIndex.Entry> list = new ArrayList<>();
        for (JsonValue entry : entries) {
            root(entry).ifPresent(root -> list.add(new LayoutIndex.Entry(name(entry.toPlain()), root)));
        }
        return list;
    }

    /** The content of the first of {@link #entries()} with a name; the others are not looked at. */
    Optional<Descriptor> find(String name) {
        return entries.stream()
                .filter(entry -> name(entry.toPlain()).equals(name))
                .flatMap(entry -> root(entry).stream())
                .findFirst();
    }

    /** What an entry names, unless it is a referrer or has no usable digest. */
    private static Optional<Descriptor> root(JsonValue entry) {
        Object plain = entry.toPlain();
        String digest = text(plain, "digest");
        return Digest.check(digest) == null && !isReferrer(plain)
                ? Optional.of(descriptor(entry, Digest.parse(digest)))
                : Optional.empty();
    }

    /** All other entries. */
    List<LayoutIndex.Unknown> unknown() {
        List<LayoutIndex.Unknown> unknown = new ArrayList<>();
        for (JsonValue entry : entries) {
            String digest = text(entry.toPlain(), "digest");
            Digest.Flaw flaw = Digest.check(digest);
            if (flaw != null) {
                unknown.add(new LayoutIndex.Unknown(name(entry.toPlain()), digest, reason(digest, flaw)));
            }
        }
        return unknown;
    }

    private static String reason(String digest, Digest.Flaw flaw) {
        if (digest.isEmpty()) {
            return "it has no digest";
        }
        return flaw == Digest.Flaw.UNSUPPORTED ? "its digest algorithm is not supported" : "its digest is malformed";
    }

    /**
     * The document with a named image, instead of what had that name before; this document when it has the same entry already.
     *
     * @param pulled of an index, the manifests that were pulled; those of an earlier pull of the same index are added
     */
    IndexDocument with(String name, Descriptor root, List<Digest> pulled, Map<String, String> annotations)
            throws JsonException {
        Map<String, Object> all = new LinkedHashMap<>(annotations);
        all.remove(LayoutIndex.PULLED);
        if (root.mediaType().isIndex() && !pulled.isEmpty()) {
            all.put(LayoutIndex.PULLED, ImageNeeds.note(union(pulled, name, root)));
        }
        all.put(LayoutIndex.REF_NAME, name);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", root.mediaType().value());
        entry.put("digest", root.digest().toString());
        entry.put("size", root.size());
        entry.put("annotations", all);
        JsonValue added = JsonValue.parse(JsonValue.write(entry));
        List<JsonValue> more = new ArrayList<>(without(name::equals).entries);
        if (more.size() == entries.size() - 1 && has(added)) {
            return this;
        }
        more.add(added);
        return new IndexDocument(members, more);
    }

    private boolean has(JsonValue entry) {
        Object plain = entry.toPlain();
        return entries.stream().anyMatch(each -> Objects.equals(each.toPlain(), plain));
    }

    /** The document with referrers, each once for its subject; this document when it has all of them. */
    IndexDocument withReferrers(List<Referrer> referrers) throws JsonException {
        List<JsonValue> more = new ArrayList<>(entries);
        Set<Object> known = new HashSet<>();
        referrers().forEach(referrer -> known.add(keyOf(referrer)));
        for (Referrer referrer : referrers) {
            if (known.add(keyOf(referrer))) {
                more.add(JsonValue.parse(JsonValue.write(entryOf(referrer))));
            }
        }
        return more.size() == entries.size() ? this : new IndexDocument(members, more);
    }

    private static Object keyOf(Referrer referrer) {
        return List.of(referrer.descriptor().digest(), referrer.subject());
    }

    private static Map<String, Object> entryOf(Referrer referrer) {
        Descriptor descriptor = referrer.descriptor();
        Map<String, Object> annotations = new LinkedHashMap<>(descriptor.annotations());
        annotations.keySet().removeIf(key -> NAMING.contains(key));
        annotations.put(LayoutIndex.SUBJECT, referrer.subject().toString());
        if (!referrer.tag().isEmpty()) {
            annotations.put(LayoutIndex.REFERRER_TAG, referrer.tag());
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", descriptor.mediaType().value());
        entry.put("digest", descriptor.digest().toString());
        entry.put("size", descriptor.size());
        if (!referrer.artifactType().isEmpty()) {
            entry.put("artifactType", referrer.artifactType());
        }
        entry.put("annotations", annotations);
        return entry;
    }

    /** The referrers that pulls and imports have brought, in the order of the index. */
    List<Referrer> referrers() {
        List<Referrer> list = new ArrayList<>();
        for (JsonValue entry : entries) {
            Object plain = entry.toPlain();
            if (isReferrer(plain)) {
                list.add(new Referrer(
                        withoutOwnAnnotations(descriptor(entry, Digest.parse(text(plain, "digest")))),
                        text(plain, "artifactType"),
                        Digest.parse(annotation(plain, LayoutIndex.SUBJECT)),
                        annotation(plain, LayoutIndex.REFERRER_TAG)));
            }
        }
        return list;
    }

    private static Descriptor withoutOwnAnnotations(Descriptor descriptor) {
        Map<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
        annotations.remove(LayoutIndex.SUBJECT);
        annotations.remove(LayoutIndex.REFERRER_TAG);
        annotations.remove(LayoutIndex.REF_NAME);
        return new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                descriptor.platform(),
                descriptor.urls(),
                annotations,
                descriptor.data());
    }

    /** The document with some of its referrers. */
    IndexDocument withReferrersOnly(Predicate<Referrer> wanted) {
        Set<Object> kept = new HashSet<>();
        referrers().stream().filter(wanted).forEach(referrer -> kept.add(keyOf(referrer)));
        return new IndexDocument(
                members,
                entries.stream()
                        .filter(entry -> {
                            Object plain = entry.toPlain();
                            return !isReferrer(plain)
                                    || kept.contains(List.of(
                                            Digest.parse(text(plain, "digest")),
                                            Digest.parse(annotation(plain, LayoutIndex.SUBJECT))));
                        })
                        .toList());
    }

    private static boolean isReferrer(@Nullable Object entry) {
        // A layout that was exported names it by the tag that ties it to its subject.
        return (name(entry).isEmpty() || name(entry).equals(annotation(entry, LayoutIndex.REFERRER_TAG)))
                && Digest.check(text(entry, "digest")) == null
                && Digest.check(annotation(entry, LayoutIndex.SUBJECT)) == null;
    }

    private List<Digest> union(List<Digest> pulled, String name, Descriptor root) {
        Set<Digest> all = new LinkedHashSet<>(pulled);
        for (LayoutIndex.Entry entry : entries()) {
            String note = entry.root().annotations().get(LayoutIndex.PULLED);
            if (note != null
                    && entry.name().equals(name)
                    && entry.root().digest().equals(root.digest())) {
                all.addAll(ImageNeeds.noted(note));
            }
        }
        return List.copyOf(all);
    }

    /** The document without the entries of some names; the name of an entry without one is empty. */
    IndexDocument without(Predicate<String> names) {
        return new IndexDocument(
                members,
                entries.stream()
                        .filter(entry -> !names.test(name(entry.toPlain())))
                        .toList());
    }

    private static Descriptor descriptor(JsonValue entry, Digest digest) {
        try {
            return DescriptorJson.descriptor(entry);
        } catch (JsonException e) {
            String mediaType = text(entry.toPlain(), "mediaType");
            return new Descriptor(
                    new MediaType(mediaType.isEmpty() ? "application/octet-stream" : ForeignText.line(mediaType)),
                    digest,
                    0);
        }
    }

    private static String name(@Nullable Object entry) {
        return annotation(entry, LayoutIndex.REF_NAME);
    }

    private static String annotation(@Nullable Object entry, String key) {
        return text(entry instanceof Map<?, ?> map ? map.get("annotations") : null, key);
    }

    private static String text(@Nullable Object object, String member) {
        return object instanceof Map<?, ?> map && map.get(member) instanceof String text ? text : "";
    }
}
