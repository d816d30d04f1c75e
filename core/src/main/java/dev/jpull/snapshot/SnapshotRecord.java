// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is, as the file beside its tree says. It is on the disk before the snapshot has its name.
 *
 * @param snapshotter the form of the tree
 * @param chainId the stack of layers up to this one
 * @param parent the stack of the layers below, or null for the base layer
 * @param diffId the digest of the uncompressed layer, which was compared when the layer was unpacked
 * @param owners whether the files have the owners that the archive says, and not the user that unpacked it
 * @param userXattrs whether whiteouts are marked by {@code user.overlay.*} attributes, as without root; the mount has to say so
 *     then
 * @param bytes how many bytes the files of the layer have together
 */
public record SnapshotRecord(
        Snapshotter snapshotter,
        Digest chainId,
        @Nullable Digest parent,
        Digest diffId,
        boolean owners,
        boolean userXattrs,
        long bytes) {
    /** The largest record that is read, in bytes. */
    static final int MAX_SIZE = 4096;

    private static final long VERSION = 1;

    /** The record as JSON. */
    byte[] toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", VERSION);
        json.put("snapshotter", snapshotter.label());
        json.put("chainId", chainId.toString());
        if (parent != null) {
            json.put("parent", parent.toString());
        }
        json.put("diffId", diffId.toString());
        json.put("owners", owners);
        json.put("userXattrs", userXattrs);
        json.put("bytes", bytes);
        return JsonValue.write(json);
    }

    /**
     * Reads a record.
     *
     * @throws JsonException if it is none, or of a later version
     */
    static SnapshotRecord parse(byte[] content) throws JsonException {
        JsonValue json = JsonValue.parse(content);
        if (json.require("version").asLong() != VERSION) {
            throw json.invalid("is not a record of version " + VERSION);
        }
        JsonValue parent = json.get("parent");
        return new SnapshotRecord(
                snapshotter(json.require("snapshotter")),
                digest(json.require("chainId")),
                parent == null ? null : digest(parent),
                digest(json.require("diffId")),
                flag(json, "owners"),
                flag(json, "userXattrs"),
                json.require("bytes").asLong());
    }

    private static Snapshotter snapshotter(JsonValue value) throws JsonException {
        for (Snapshotter snapshotter : Snapshotter.values()) {
            if (snapshotter.label().equals(value.asText())) {
                return snapshotter;
            }
        }
        throw value.invalid("is not a snapshotter");
    }

    private static Digest digest(JsonValue value) throws JsonException {
        if (Digest.check(value.asText()) != null) {
            throw value.invalid("is not a digest");
        }
        return Digest.parse(value.asText());
    }

    private static boolean flag(JsonValue json, String name) throws JsonException {
        return Boolean.TRUE.equals(json.require(name).toPlain());
    }
}
