// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.DescriptorJson;
import dev.jpull.store.LayoutIndex;
import dev.jpull.text.ForeignText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The index.json of an OCI layout to which images are added: entries with other names, and without a name, stay as they are.
 *
 * @param json its text; the same as before when the images were in it already
 * @param references what the images are called in it, in their order
 */
record MergedIndex(String json, List<String> references) {
    /** The largest index.json that is read, in bytes. */
    static final int MAX_SIZE = 64 << 20;

    private static final String MANIFESTS = "manifests";

    /**
     * The index with the images.
     *
     * @param before the index; empty for none
     * @param images the images, ordered by name
     */
    static MergedIndex of(byte[] before, List<CarriedImage> images) {
        if (before.length == 0) {
            return new MergedIndex(text(OciIndex.ofLayout(images)), OciIndex.references(images, Set.of()));
        }
        try {
            JsonValue index = JsonValue.parse(before);
            Map<String, Object> members = new LinkedHashMap<>();
            index.members().forEach((name, member) -> members.put(name, member.toPlain()));
            List<Object> kept = new ArrayList<>();
            Set<String> names = new HashSet<>();
            images.forEach(image -> names.add(image.name()));
            Set<String> shortNames = new HashSet<>();
            for (JsonValue entry : index.require(MANIFESTS).elements()) {
                Descriptor unused = DescriptorJson.descriptor(entry); // what is none is refused
                Object plain = entry.toPlain();
                String name = fullName(plain);
                if (name.isEmpty() || !names.contains(name)) {
                    kept.add(plain);
                    boolean isReferrer = !annotation(plain, LayoutIndex.SUBJECT).isEmpty();
                    if (!isReferrer) {
                        shortNames.add(annotation(plain, LayoutIndex.REF_NAME));
                    }
                }
            }
            List<String> references = OciIndex.references(images, shortNames);
            List<Object> added = asRead(OciIndex.layoutEntries(images, shortNames));
            if (index.require(MANIFESTS).elements().stream()
                    .map(JsonValue::toPlain)
                    .toList()
                    .containsAll(added)) {
                return new MergedIndex(text(before), references);
            }
            kept.removeAll(added); // referrers that are there already
            kept.addAll(added);
            members.put(MANIFESTS, kept);
            return new MergedIndex(text(JsonValue.write(members)), references);
        } catch (JsonException e) {
            throw new StoreException("the index.json of the OCI layout is damaged: "
                    + ForeignText.line(String.valueOf(e.getMessage())) + ": name another directory");
        }
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** Its bytes. */
    byte[] content() {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Entries as they are when they are read, so that they equal those that are there. */
    private static List<Object> asRead(List<Object> entries) throws JsonException {
        List<Object> read = new ArrayList<>();
        for (Object entry : entries) {
            Object plain = JsonValue.parse(JsonValue.write(entry)).toPlain();
            read.add(plain == null ? entry : plain);
        }
        return read;
    }

    private static String fullName(@Nullable Object entry) {
        String name = annotation(entry, LayoutIndex.IMAGE_NAME);
        return name.isEmpty() ? annotation(entry, LayoutIndex.REF_NAME) : name;
    }

    private static String annotation(@Nullable Object entry, String key) {
        return entry instanceof Map<?, ?> members
                        && members.get("annotations") instanceof Map<?, ?> annotations
                        && annotations.get(key) instanceof String text
                ? text
                : "";
    }
}
