// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.manifest.Referrer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts small images, artifacts and referrers into a store. */
record StoreContent(ImageStore store, Digest.Algorithm algorithm) {
    private static final MediaType SIGNATURE = new MediaType("application/vnd.example.signature");

    StoreContent(ImageStore store) {
        this(store, Digest.Algorithm.SHA256);
    }

    /** Some content that is not small, different for each text. */
    Descriptor layer(String text) {
        return put(MediaType.OCI_LAYER_GZIP, (text + " ").repeat(50));
    }

    Descriptor put(MediaType type, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.of(algorithm, algorithm.newMessageDigest().digest(bytes));
        store.putDocument(digest, bytes);
        return new Descriptor(type, digest, bytes.length);
    }

    /** The manifest of an image with a configuration of its own. */
    Descriptor image(String text, Descriptor... layers) {
        Descriptor config =
                put(MediaType.OCI_CONFIG, "{\"os\":\"linux\",\"architecture\":\"amd64\",\"author\":\"" + text + "\"}");
        return put(MediaType.OCI_MANIFEST, manifest(config, null, layers));
    }

    /** The manifest of an image with a configuration that is there. */
    Descriptor imageOf(Descriptor config, Descriptor... layers) {
        return put(MediaType.OCI_MANIFEST, manifest(config, null, layers));
    }

    /** An index; entries with a platform keep it. */
    Descriptor index(Descriptor... manifests) {
        return put(
                MediaType.OCI_INDEX,
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":" + list(manifests)
                        + "}");
    }

    /** A manifest that refers to another one, with one blob. */
    Descriptor artifact(Digest subject, String text) {
        return put(
                MediaType.OCI_MANIFEST,
                manifest(
                        put(new MediaType("application/vnd.oci.empty.v1+json"), "{}"),
                        new Descriptor(MediaType.OCI_MANIFEST, subject, 1),
                        put(SIGNATURE, (text + " ").repeat(20))));
    }

    Referrer referrer(Digest subject, String text) {
        return new Referrer(artifact(subject, text), SIGNATURE.value(), subject, "");
    }

    void name(String name, Descriptor root, Referrer... referrers) {
        assertThat(store.index().put(name, root, List.of(), Map.of(), List.of(referrers), () -> true))
                .isTrue();
    }

    private static String manifest(Descriptor config, @Nullable Descriptor subject, Descriptor... layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"config\":" + json(config)
                + (subject == null ? "" : ",\"subject\":" + json(subject)) + ",\"layers\":" + list(layers) + "}";
    }

    private static String list(Descriptor... descriptors) {
        List<String> entries = new ArrayList<>();
        Arrays.stream(descriptors).forEach(descriptor -> entries.add(json(descriptor)));
        return "[" + String.join(",", entries) + "]";
    }

    static String json(Descriptor descriptor) {
        Platform platform = descriptor.platform();
        return "{\"mediaType\":\"" + descriptor.mediaType() + "\",\"digest\":\"" + descriptor.digest() + "\",\"size\":"
                + descriptor.size()
                + (platform == null
                        ? ""
                        : ",\"platform\":{\"os\":\"" + platform.os() + "\",\"architecture\":\""
                                + platform.architecture() + "\"}")
                + "}";
    }
}
