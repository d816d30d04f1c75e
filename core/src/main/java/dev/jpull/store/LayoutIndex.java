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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

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

    LayoutIndex(Path root) {
        this.file = root.resolve("index.json");
        this.ingest = root.resolve("ingest");
    }

    /** Names an image, instead of whatever had that name before. Everything that it needs must be in the store by now. */
    public void put(String name, Descriptor root, Map<String, String> annotations) {
        try (FileMutex mutex =
                FileMutex.acquire(ingest.resolve("index.lock"), () -> false).orElseThrow(IllegalStateException::new)) {
            List<Object> entries = new ArrayList<>();
            for (JsonValue entry : entries()) {
                if (!name.equals(nameOf(entry))) {
                    entries.add(entry.toPlain());
                }
            }
            entries.add(entry(name, root, annotations));
            Map<String, Object> index = new LinkedHashMap<>();
            index.put("schemaVersion", 2);
            index.put("mediaType", MediaType.OCI_INDEX.value());
            index.put("manifests", entries);
            Path temporary = ingest.resolve("index-" + UUID.randomUUID());
            StoreFiles.writeNew(temporary, JsonValue.write(index));
            StoreFiles.publish(temporary, file);
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

    private StoreException damaged(JsonException e) {
        return new StoreException(file + " is damaged: " + e.getMessage() + "; remove it, and pull the images again"
                + " (their blobs are kept)");
    }
}
