// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.error.ReferenceException;
import java.io.Serializable;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names some content by type, digest and size (OCI image-spec, descriptor.md).
 *
 * @param mediaType the type of the content
 * @param digest the digest that the content must have
 * @param size the exact number of bytes, never negative
 * @param platform the platform of a manifest in an index, or null
 * @param urls where the content of a foreign layer may also be; never followed by default
 * @param annotations annotations, in document order
 * @param data the content itself in base64, embedded by its author, or null
 * @since 0.1.0
 */
public record Descriptor(
        MediaType mediaType,
        Digest digest,
        long size,
        @Nullable Platform platform,
        List<String> urls,
        Map<String, String> annotations,
        @Nullable String data)
        implements Serializable {

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if the size is negative
     */
    public Descriptor {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(digest, "digest");
        if (size < 0) {
            throw new IllegalArgumentException("the size of " + digest + " is negative: " + size);
        }
        urls = List.copyOf(urls);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /**
     * A descriptor with type, digest and size alone.
     *
     * @param mediaType the media type of the content
     * @param digest the digest of the content
     * @param size the number of bytes of the content
     */
    public Descriptor(MediaType mediaType, Digest digest, long size) {
        this(mediaType, digest, size, null, List.of(), Map.of(), null);
    }

    /** {@return the same without annotations, for keeping: there may be any number of them} */
    public Descriptor withoutAnnotations() {
        return annotations.isEmpty() ? this : new Descriptor(mediaType, digest, size, platform, urls, Map.of(), data);
    }

    /** {@return the embedded content, when there is some, it is whole and it has the right digest} */
    public Optional<byte[]> embeddedData() {
        if (data == null) {
            return Optional.empty();
        }
        try {
            byte[] content = Base64.getDecoder().decode(data);
            return content.length == size && digest.matches(content) ? Optional.of(content) : Optional.empty();
        } catch (IllegalArgumentException e) {
            // Not base64: as good as absent, because the content can be fetched by its digest.
            return Optional.empty();
        }
    }

    /** {@return whether it is a build attestation rather than something to run} */
    public boolean isAttestation() {
        return "attestation-manifest".equals(annotations.get("vnd.docker.reference.type"));
    }

    /**
     * {@return a descriptor for content at hand}
     *
     * @param mediaType the media type of the content
     * @param content the bytes
     * @throws ReferenceException never, because the digest is computed
     */
    public static Descriptor forContent(MediaType mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.sha256(content), content.length);
    }
}
