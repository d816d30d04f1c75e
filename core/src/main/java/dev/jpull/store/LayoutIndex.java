// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The names of the images in a store: its index.json (OCI image-spec, image-layout.md). What other programs wrote there
 * is kept. Safe for use by several threads and processes.
 */
public final class LayoutIndex {
    /** The annotation that names an image. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    private static final int MAX_SIZE = 64 << 20;

    private final Path file;
    private final Path ingest;
    private final StoreFiles files;

    LayoutIndex(Path root, StoreFiles files) {
        this.files = files;
        this.file = root.resolve("index.json");
        this.ingest = root.resolve("ingest");
    }

    /** An entry of the index; the name is empty when another program gave it none. */
    public record Entry(String name, Descriptor root) {}

    /**
     * Names an image, instead of whatever had that name before.
     *
     * @param isThere says whether everything that the image needs is in the store; nothing is taken out of it meanwhile
     * @return whether it was, and the image has its name
     */
    public boolean put(String name, Descriptor root, Map<String, String> annotations, BooleanSupplier isThere) {
        return change(entries -> {
            if (!isThere.getAsBoolean()) {
                return false;
            }
            entries.removeIf(entry -> name.equals(nameInPlain(entry)));
            entries.add(entry(name, root, annotations));
            return true;
        });
    }

    /** All entries that can be understood, in the order of the index. */
    public List<Entry> list() {
        try {
            List<Entry> list = new ArrayList<>();
            for (JsonValue entry : entries()) {
                list.add(new Entry(nameOf(entry), Descriptor.of(entry)));
            }
            return list;
        } catch (IOException e) {
            throw StoreFiles.failure("read", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    /**
     * Takes names away, and then does something with what is left, before anybody else can change it.
     *
     * @param names the names
     * @param then is given the entries that are left
     */
    void remove(Collection<String> names, Consumer<List<Entry>> then) {
        change(
                entries -> entries.removeIf(entry -> {
                    String name = nameInPlain(entry);
                    return !name.isEmpty() && names.contains(name);
                }),
                () -> then.accept(list()));
    }

    private boolean change(Predicate<List<Object>> change) {
        return change(change, () -> {});
    }

    private boolean change(Predicate<List<Object>> change, Runnable then) {
        try (FileMutex mutex =
                FileMutex.acquire(ingest.resolve("index.lock"), () -> false).orElseThrow(IllegalStateException::new)) {
            List<Object> entries = new ArrayList<>();
            for (JsonValue entry : entries()) {
                entries.add(entry.toPlain());
            }
            boolean changed = change.test(entries);
            if (changed) {
                Map<String, Object> index = new LinkedHashMap<>();
                index.put("schemaVersion", 2);
                index.put("mediaType", MediaType.OCI_INDEX.value());
                index.put("manifests", entries);
                Path temporary = ingest.resolve("index-" + UUID.randomUUID());
                files.writeNew(temporary, JsonValue.write(index));
                files.publish(temporary, file);
            }
            then.run();
            return changed;
        } catch (IOException e) {
            throw StoreFiles.failure("write", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    /** The manifest or index with this name. */
    public Optional<Descriptor> find(String name) {
        try {
            for (JsonValue entry : entries()) {
                if (name.equals(nameOf(entry))) {
                    return Optional.of(Descriptor.of(entry));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw StoreFiles.failure("read", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    private List<JsonValue> entries() throws IOException, JsonException {
        try {
            if (Files.size(file) > MAX_SIZE) {
                throw new StoreException(file + " is larger than " + MAX_SIZE + " bytes");
            }
            return JsonValue.parse(Files.readAllBytes(file))
                    .require("manifests")
                    .elements();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static Object entry(String name, Descriptor root, Map<String, String> annotations) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(REF_NAME, name);
        all.putAll(annotations);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", root.mediaType().value());
        entry.put("digest", root.digest().toString());
        entry.put("size", root.size());
        entry.put("annotations", all);
        return entry;
    }

    private static String nameOf(JsonValue entry) throws JsonException {
        JsonValue annotations = entry.get("annotations");
        String name = annotations == null ? null : annotations.text(REF_NAME);
        return name == null ? "" : name;
    }

    private static String nameInPlain(@Nullable Object entry) {
        Object annotations = entry instanceof Map<?, ?> map ? map.get("annotations") : null;
        Object name = annotations instanceof Map<?, ?> map ? map.get(REF_NAME) : null;
        return name instanceof String text ? text : "";
    }

    private StoreException damaged(JsonException e) {
        return new StoreException(file + " is damaged: " + e.getMessage() + "; remove it, and pull the images again"
                + " (their blobs are kept)");
    }
}
