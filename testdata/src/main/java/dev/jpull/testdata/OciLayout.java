// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes OCI layouts with images of given layers, for programs that read them. */
public final class OciLayout {
    private final Path directory;

    /**
     * A layer.
     *
     * @param blob its bytes as they are stored
     * @param tar its bytes uncompressed
     * @param compression what follows "tar" in the media type: nothing, {@code +gzip} or {@code +zstd}
     */
    public record Layer(byte[] blob, byte[] tar, String compression) {}

    /** A layout in a directory, which is made. */
    public OciLayout(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("blobs/sha256"));
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    /** Writes an image, which takes the place of the images before, for linux/amd64; returns the digest of its manifest. */
    public String image(String tag, List<Layer> layers) throws IOException {
        for (Layer layer : layers) {
            put(layer.blob());
        }
        String config = descriptor(
                "application/vnd.oci.image.config.v1+json",
                """
                {"os":"linux","architecture":"amd64","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}""".formatted(layers.stream()
                                .map(layer -> "\"" + TestImage.digest(layer.tar()) + "\"")
                                .collect(Collectors.joining(",")))
                        .getBytes(StandardCharsets.UTF_8),
                "");
        String descriptors = layers.stream()
                .map(layer ->
                        describe("application/vnd.oci.image.layer.v1.tar" + layer.compression(), layer.blob(), ""))
                .collect(Collectors.joining(","));
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}""".formatted(config, descriptors).getBytes(StandardCharsets.UTF_8);
        String annotations = ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag + "\"}";
        Files.writeString(
                directory.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":["
                        + descriptor("application/vnd.oci.image.manifest.v1+json", manifest, annotations) + "]}");
        return TestImage.digest(manifest);
    }

    private String descriptor(String mediaType, byte[] content, String more) throws IOException {
        put(content);
        return describe(mediaType, content, more);
    }

    private static String describe(String mediaType, byte[] content, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(mediaType, TestImage.digest(content), content.length, more);
    }

    private void put(byte[] content) throws IOException {
        Files.write(
                directory
                        .resolve("blobs/sha256")
                        .resolve(TestImage.digest(content).substring("sha256:".length())),
                content);
    }
}
