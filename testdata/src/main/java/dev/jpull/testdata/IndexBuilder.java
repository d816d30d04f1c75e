// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Builds indexes of images, indexes and artifacts: nested, sparse, with attestations, or referring to another image. */
public final class IndexBuilder {
    private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Map<String, TestImage.Document> documents = new LinkedHashMap<>();
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private final Map<String, List<String>> diffIds = new LinkedHashMap<>();
    private final List<Object> entries = new ArrayList<>();
    private @Nullable Map<String, Object> subject;
    private @Nullable String artifactType;
    private Function<byte[], String> digests = TestImage::digest;

    /**
     * Adds an image.
     *
     * @param platform such as {@code linux/arm64}, or null for none
     */
    public IndexBuilder child(TestImage image, @Nullable String platform) {
        absentChild(image, platform);
        documents.putAll(image.documents());
        blobs.putAll(image.blobs());
        if (platform != null) {
            diffIds.put(platform, image.diffIds(platform));
        }
        return this;
    }

    /** Adds the entry of an image whose content is not there: the index is sparse. */
    public IndexBuilder absentChild(TestImage image, @Nullable String platform) {
        Map<String, Object> entry = entry(image);
        if (platform != null) {
            entry.put("platform", platform(platform));
        }
        entries.add(entry);
        return this;
    }

    /** Adds the attestation of an image of the index, as BuildKit does: a manifest for no platform, with annotations. */
    public IndexBuilder attestation(TestImage attested) {
        TestImage attestation = ArtifactBuilder.of(null)
                .config(
                        "application/vnd.oci.image.config.v1+json",
                        "{\"architecture\":\"unknown\",\"os\":\"unknown\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                                + TestImage.digest(statement(attested)) + "\"]}}")
                .layer("application/vnd.in-toto+json", statement(attested))
                .build();
        Map<String, Object> entry = entry(attestation);
        entry.put("platform", platform("unknown/unknown"));
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put("vnd.docker.reference.digest", attested.rootDigest());
        annotations.put("vnd.docker.reference.type", "attestation-manifest");
        entry.put("annotations", annotations);
        entries.add(entry);
        documents.putAll(attestation.documents());
        blobs.putAll(attestation.blobs());
        return this;
    }

    private static byte[] statement(TestImage attested) {
        return ("{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"subject\":[{\"digest\":\"" + attested.rootDigest()
                        + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Refers to another image. */
    public IndexBuilder subject(TestImage image) {
        subject = entry(image);
        return this;
    }

    /** The type of the artifact that this index is. */
    public IndexBuilder artifactType(String type) {
        artifactType = type;
        return this;
    }

    /** The digest of the index is sha512. */
    public IndexBuilder sha512() {
        digests = TestImage::sha512;
        return this;
    }

    private static Map<String, Object> entry(TestImage image) {
        TestImage.Document root = image.document(image.rootDigest());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", root.mediaType());
        entry.put("digest", image.rootDigest());
        entry.put("size", root.content().length);
        return entry;
    }

    private static Map<String, Object> platform(String text) {
        String[] parts = text.split("/");
        Map<String, Object> platform = new LinkedHashMap<>();
        platform.put("os", parts[0]);
        platform.put("architecture", parts[1]);
        if (parts.length > 2) {
            platform.put("variant", parts[2]);
        }
        return platform;
    }

    /** The index with all that is in it; its root is the index. */
    public TestImage build() {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", OCI_INDEX);
        if (artifactType != null) {
            index.put("artifactType", artifactType);
        }
        index.put("manifests", entries);
        if (subject != null) {
            index.put("subject", subject);
        }
        byte[] content = MAPPER.writeValueAsBytes(index);
        String digest = digests.apply(content);
        Map<String, TestImage.Document> all = new LinkedHashMap<>(documents);
        all.put(digest, new TestImage.Document(OCI_INDEX, content));
        return new TestImage(digest, all, blobs, diffIds);
    }
}
