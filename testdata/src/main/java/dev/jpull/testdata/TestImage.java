// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An image with everything in it, made by {@link ImageFactory}. Immutable but for its arrays, which must not be changed. */
public final class TestImage {
    private final String rootDigest;
    private final Map<String, Document> documents;
    private final Map<String, byte[]> blobs;
    private final Map<String, List<String>> diffIds;

    /** A manifest or index. */
    public static final class Document {
        private final String mediaType;
        private final byte[] content;

        Document(String mediaType, byte[] content) {
            this.mediaType = mediaType;
            this.content = content;
        }

        /** Its type. */
        public String mediaType() {
            return mediaType;
        }

        /** Its bytes. */
        public byte[] content() {
            return content;
        }
    }

    TestImage(
            String rootDigest,
            Map<String, Document> documents,
            Map<String, byte[]> blobs,
            Map<String, List<String>> diffIds) {
        this.rootDigest = rootDigest;
        this.documents = new LinkedHashMap<>(documents);
        this.blobs = new LinkedHashMap<>(blobs);
        this.diffIds = new LinkedHashMap<>(diffIds);
    }

    /** The digest of the manifest or index that a tag points to. */
    public String rootDigest() {
        return rootDigest;
    }

    /** Manifests and indexes by digest. */
    public Map<String, Document> documents() {
        return documents;
    }

    /** A manifest or index. */
    public Document document(String digest) {
        Document document = documents.get(digest);
        if (document == null) {
            throw new IllegalArgumentException(digest);
        }
        return document;
    }

    /** Configurations and layers by digest. */
    public Map<String, byte[]> blobs() {
        return blobs;
    }

    /** A configuration or layer. */
    public byte[] blob(String digest) {
        byte[] blob = blobs.get(digest);
        if (blob == null) {
            throw new IllegalArgumentException(digest);
        }
        return blob;
    }

    /** The digests of the uncompressed layers for a platform, base first. */
    public List<String> diffIds(String platform) {
        return diffIds.getOrDefault(platform, List.of());
    }

    /** The largest blob. */
    public String largestBlob() {
        return blobs.entrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().length))
                .orElseThrow()
                .getKey();
    }

    /** The chain ID of the layers for a platform, computed from its definition and not by the engine. */
    public @Nullable String chainId(String platform) {
        String chain = null;
        for (String diffId : diffIds(platform)) {
            chain = chain == null ? diffId : digest((chain + " " + diffId).getBytes(StandardCharsets.UTF_8));
        }
        return chain;
    }

    /** Writes the image as an OCI layout, under a name. */
    public void writeLayout(Path directory, String name) {
        try {
            Map<String, byte[]> contents = new LinkedHashMap<>(blobs);
            documents.forEach((digest, document) -> contents.put(digest, document.content()));
            for (Map.Entry<String, byte[]> content : contents.entrySet()) {
                Path file = directory.resolve("blobs").resolve(content.getKey().replace(':', '/'));
                Files.createDirectories(file.getParent());
                Files.write(file, content.getValue());
            }
            Document root = document(rootDigest);
            Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            Files.writeString(
                    directory.resolve("index.json"),
                    "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" + root.mediaType() + "\",\"digest\":\""
                            + rootDigest
                            + "\",\"size\":" + root.content().length
                            + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}}]}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sha256 digest of some content. */
    public static String digest(byte[] content) {
        return digest("SHA-256", content);
    }

    /** The sha512 digest of some content. */
    public static String sha512(byte[] content) {
        return digest("SHA-512", content);
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return algorithm.replace("SHA-", "sha") + ":"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
