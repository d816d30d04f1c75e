// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds artifacts that are no images to run: signatures, SBOMs and the like (OCI image-spec, manifest.md "Guidelines for Artifact
 * Usage"). Without more calls, an artifact has the empty configuration with its content embedded, and the empty blob as its layer.
 */
public final class ArtifactBuilder {
    private static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";
    private static final byte[] EMPTY_CONTENT = "{}".getBytes(StandardCharsets.UTF_8);
    private static final JsonMapper MAPPER = new JsonMapper();

    private final @Nullable String artifactType;
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private final List<Object> layers = new ArrayList<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private Function<byte[], String> digests = TestImage::digest;
    private @Nullable Map<String, Object> config;
    private @Nullable Map<String, Object> subject;
    private boolean withoutLayers;

    private ArtifactBuilder(@Nullable String artifactType) {
        this.artifactType = artifactType;
    }

    /** An artifact of a type; without one, the type is that of its configuration. */
    public static ArtifactBuilder of(@Nullable String artifactType) {
        return new ArtifactBuilder(artifactType);
    }

    /** The signature of an image as cosign 2 pushes it: an image manifest without a subject, under the tag {@link #cosignTag}. */
    public static TestImage cosignSignature(String signed) {
        String payload = "{\"critical\":{\"image\":{\"docker-manifest-digest\":\"" + signed + "\"}}}";
        return of(null).config("application/vnd.oci.image.config.v1+json", "{\"rootfs\":{\"type\":\"layers\"}}")
                .layer("application/vnd.dev.cosign.simplesigning.v1+json", payload.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /**
     * The tag under which cosign 2 looks for what belongs to an image.
     *
     * @param suffix {@code sig}, {@code att} or {@code sbom}
     */
    public static String cosignTag(String digest, String suffix) {
        return digest.replace(':', '-') + "." + suffix;
    }

    /** All digests that come after are sha512, also that of the manifest. */
    public ArtifactBuilder sha512() {
        digests = TestImage::sha512;
        return this;
    }

    /** Refers to the root of an image. */
    public ArtifactBuilder subject(TestImage image) {
        return subject(image, image.rootDigest());
    }

    /** Refers to a manifest or index of an image. */
    public ArtifactBuilder subject(TestImage image, String digest) {
        TestImage.Document document = image.document(digest);
        return subject(document.mediaType(), digest, document.content().length);
    }

    /** Refers to something that needs not be there. */
    public ArtifactBuilder subject(String mediaType, String digest, long size) {
        subject = new LinkedHashMap<>();
        subject.put("mediaType", mediaType);
        subject.put("digest", digest);
        subject.put("size", size);
        return this;
    }

    /** An annotation of the manifest, which lists of referrers repeat. */
    public ArtifactBuilder annotation(String name, String value) {
        annotations.put(name, value);
        return this;
    }

    /** A configuration instead of the empty one. */
    public ArtifactBuilder config(String mediaType, String content) {
        config = blob(mediaType, content.getBytes(StandardCharsets.UTF_8), false);
        return this;
    }

    /** A blob of any type. */
    public ArtifactBuilder layer(String mediaType, byte[] content) {
        layers.add(blob(mediaType, content, false));
        return this;
    }

    /** A blob of any type that the manifest embeds; a registry needs not have it. */
    public ArtifactBuilder embeddedLayer(String mediaType, byte[] content) {
        layers.add(blob(mediaType, content, true));
        return this;
    }

    /** The manifest has no layers at all. */
    public ArtifactBuilder withoutLayers() {
        withoutLayers = true;
        return this;
    }

    private Map<String, Object> blob(String mediaType, byte[] content, boolean embedded) {
        blobs.put(digests.apply(content), content);
        Map<String, Object> descriptor = descriptor(mediaType, content);
        if (embedded) {
            descriptor.put("data", Base64.getEncoder().encodeToString(content));
        }
        return descriptor;
    }

    private Map<String, Object> descriptor(String mediaType, byte[] content) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", digests.apply(content));
        descriptor.put("size", content.length);
        return descriptor;
    }

    /** The artifact; its root is its manifest. */
    public TestImage build() {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", OCI_MANIFEST);
        if (artifactType != null) {
            manifest.put("artifactType", artifactType);
        }
        manifest.put("config", config == null ? blob(EMPTY, EMPTY_CONTENT, true) : config);
        List<Object> all = new ArrayList<>(layers);
        if (all.isEmpty() && !withoutLayers) {
            all.add(blob(EMPTY, EMPTY_CONTENT, true));
        }
        manifest.put("layers", all);
        if (subject != null) {
            manifest.put("subject", subject);
        }
        if (!annotations.isEmpty()) {
            manifest.put("annotations", annotations);
        }
        byte[] content = MAPPER.writeValueAsBytes(manifest);
        String digest = digests.apply(content);
        return new TestImage(digest, Map.of(digest, new TestImage.Document(OCI_MANIFEST, content)), blobs, Map.of());
    }
}
