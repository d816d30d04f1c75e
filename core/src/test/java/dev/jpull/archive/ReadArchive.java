// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The files of an archive, as another program reads them, in their order. */
record ReadArchive(Map<String, byte[]> files) {
    static ReadArchive of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in);
        }
    }

    static ReadArchive of(InputStream archive) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!entry.isFile()
                        || entry.getMode() != 0100644 && entry.getMode() != 0644
                        || entry.getLongUserId() != 0) {
                    throw new IOException(entry.getName() + " is no plain file of root");
                }
                if (files.put(entry.getName(), tar.readAllBytes()) != null) {
                    throw new IOException(entry.getName() + " is there twice");
                }
            }
        }
        return new ReadArchive(files);
    }

    List<String> names() {
        return List.copyOf(files.keySet());
    }

    byte[] file(String name) {
        return Objects.requireNonNull(files.get(name), name);
    }

    byte[] blob(String digest) {
        return file("blobs/" + digest.replace(':', '/'));
    }

    /** The entries of the index. */
    List<JsonValue> entries() {
        try {
            return JsonValue.parse(file("index.json")).require("manifests").elements();
        } catch (JsonException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> digests() {
        return entries().stream().map(entry -> text(entry, "digest")).toList();
    }

    List<String> annotations(String key) {
        List<String> values = new ArrayList<>();
        for (JsonValue entry : entries()) {
            try {
                JsonValue annotations = entry.get("annotations");
                String value = annotations == null ? null : annotations.text(key);
                if (value != null) {
                    values.add(value);
                }
            } catch (JsonException e) {
                throw new IllegalStateException(e);
            }
        }
        return values;
    }

    static String text(JsonValue object, String member) {
        try {
            return object.require(member).asText();
        } catch (JsonException e) {
            throw new IllegalStateException(e);
        }
    }
}
