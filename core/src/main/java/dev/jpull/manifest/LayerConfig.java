// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pull needs of the configuration of an image: its platform and its root file system (OCI image-spec, config.md).
 *
 * @param platform the platform that the image was built for, not normalised
 * @param diffIds the digests of the uncompressed layers, base first
 */
public record LayerConfig(Platform platform, List<Digest> diffIds) {
    /** The largest configuration that is read, in bytes. */
    public static final int MAX_SIZE = 8 << 20;

    /** Copies the list. */
    public LayerConfig {
        diffIds = List.copyOf(diffIds);
    }

    /**
     * Reads a configuration.
     *
     * @throws IntegrityException if it is not one
     */
    public static LayerConfig parse(byte[] content) {
        try {
            return of(JsonValue.parse(content));
        } catch (JsonException e) {
            throw new IntegrityException("the image configuration is not usable: " + e.getMessage());
        }
    }

    /** The same of a configuration that is JSON. */
    static LayerConfig of(JsonValue json) throws JsonException {
        List<Digest> diffIds = new ArrayList<>();
        JsonValue rootfs = json.get("rootfs");
        JsonValue listed = rootfs == null ? null : rootfs.get("diff_ids");
        if (listed != null) {
            for (JsonValue element : listed.elements()) {
                if (Digest.check(element.asText()) != null) {
                    throw element.invalid("is not a digest");
                }
                diffIds.add(Digest.parse(element.asText()));
            }
        }
        return new LayerConfig(DescriptorJson.platform(json), diffIds);
    }
}
