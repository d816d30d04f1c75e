// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Writes archives with images, entry by entry: OCI layouts and those of {@code docker save}, right or wrong. Not thread-safe. */
public final class ImageArchive {
    /** The annotation that names an image for containerd. */
    public static final String IMAGE_NAME = "io.containerd.image.name";

    /** The annotation with the tag, or the name, of an image. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final RawTar tar = new RawTar();
    private final List<String> entries = new ArrayList<>();
    private final List<String> items = new ArrayList<>();

    /** A file. */
    public ImageArchive file(String path, byte[] content) {
        tar.entry(tar.header('0', path).size(content.length), content);
        return this;
    }

    /** A file with text. */
    public ImageArchive file(String path, String content) {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A symbolic link. */
    public ImageArchive symlink(String path, String target) {
        tar.symlink(path, target);
        return this;
    }

    /** A hard link. */
    public ImageArchive hardLink(String path, String target) {
        tar.hardLink(path, target);
        return this;
    }

    /** The file that makes it an OCI layout. */
    public ImageArchive layout() {
        return file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    /** All content of an image. */
    public ImageArchive content(TestImage image) {
        return content(image, digest -> true);
    }

    /** Some content of an image. */
    public ImageArchive content(TestImage image, Predicate<String> digests) {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        image.documents().forEach((digest, document) -> contents.put(digest, document.content()));
        contents.putAll(image.blobs());
        contents.forEach((digest, content) -> {
            if (digests.test(digest)) {
                file("blobs/" + digest.replace(':', '/'), content);
            }
        });
        return this;
    }

    /** Lists an image in index.json, with annotations as names and values in turn. */
    public ImageArchive listed(TestImage image, String... annotations) {
        TestImage.Document root = image.document(image.rootDigest());
        return entry(root.mediaType(), image.rootDigest(), root.content().length, annotations);
    }

    /** Adds an entry to index.json. */
    public ImageArchive entry(String mediaType, String digest, long size, String... annotations) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < annotations.length; i += 2) {
            members.add("\"" + annotations[i] + "\":\"" + annotations[i + 1] + "\"");
        }
        entries.add("{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":" + size
                + ",\"annotations\":{" + String.join(",", members) + "}}");
        return this;
    }

    /** Writes index.json with the entries so far. */
    public ImageArchive index() {
        return file("index.json", "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}");
    }

    /** Lists an image in manifest.json of docker. */
    public ImageArchive item(String config, List<String> names, List<String> layers) {
        items.add("{\"Config\":\"" + config + "\",\"RepoTags\":" + array(names) + ",\"Layers\":" + array(layers) + "}");
        return this;
    }

    /** Writes manifest.json of docker with the images so far. */
    public ImageArchive items() {
        return file("manifest.json", "[" + String.join(",", items) + "]");
    }

    private static String array(List<String> texts) {
        return texts.isEmpty() ? "null" : "[\"" + String.join("\",\"", texts) + "\"]";
    }

    /** The writer of single blocks. */
    public RawTar tar() {
        return tar;
    }

    /** The archive, with its end. */
    public byte[] bytes() {
        return tar.end().bytes();
    }

    /** A whole OCI archive with one image of one name. */
    public static byte[] of(TestImage image, String name) {
        return new ImageArchive()
                .layout()
                .content(image)
                .listed(image, IMAGE_NAME, name)
                .index()
                .bytes();
    }
}
