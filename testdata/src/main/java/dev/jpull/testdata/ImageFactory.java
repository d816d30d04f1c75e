// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds real images: layers are tar archives with files, hard links, symbolic links and whiteouts, compressed or not,
 * for one platform or several. The same seed gives the same image.
 */
public final class ImageFactory {
    private static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final long seed;

    /** How a layer is compressed. */
    public enum Compression {
        /** Not at all. */
        NONE,
        /** gzip. */
        GZIP,
        /** zstd. */
        ZSTD
    }

    /**
     * A layer to build.
     *
     * @param size how many bytes of noise are in it
     * @param compression how it is compressed
     */
    public record Layer(int size, Compression compression) {}

    /**
     * A layer as it is served, right or wrong.
     *
     * @param mediaType the type in the manifest
     * @param blob its bytes
     * @param diffId the digest that the configuration gives its uncompressed content
     */
    public record RawLayer(String mediaType, byte[] blob, String diffId) {
        /** A gzip-compressed layer with the right diff ID. */
        public static RawLayer gzip(byte[] content) {
            return new RawLayer(OCI_LAYER + "+gzip", compress(content, Compression.GZIP), TestImage.digest(content));
        }
    }

    /** A factory of images that depend on the seed and on nothing else. */
    public ImageFactory(long seed) {
        this.seed = seed;
    }

    /** An image for one platform: a manifest, without an index. */
    public TestImage image(String platform, Layer... layers) {
        Builder builder = new Builder();
        Map<String, Object> manifest = builder.addImage(platform, List.of(layers));
        return builder.build(String.valueOf(manifest.get("digest")));
    }

    /** An image of layers that are given as they are. */
    public TestImage image(String platform, List<RawLayer> layers) {
        Builder builder = new Builder();
        return builder.build(
                String.valueOf(builder.addRawImage(platform, layers).get("digest")));
    }

    /** The archive in a layer, not compressed. */
    public byte[] layerContent(String platform, int number, int size) {
        return tar(platform, number, size);
    }

    /** An image for several platforms: an index, and the same shape of layers for each. */
    public TestImage index(List<String> platforms, Layer... layers) {
        Builder builder = new Builder();
        List<Object> manifests = new ArrayList<>();
        for (String platform : platforms) {
            Map<String, Object> entry = builder.addImage(platform, List.of(layers));
            String[] parts = platform.split("/");
            Map<String, Object> described = new LinkedHashMap<>();
            described.put("os", parts[0]);
            described.put("architecture", parts[1]);
            if (parts.length > 2) {
                described.put("variant", parts[2]);
            }
            entry.put("platform", described);
            manifests.add(entry);
        }
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", OCI_INDEX);
        index.put("manifests", manifests);
        return builder.build(String.valueOf(builder.document(OCI_INDEX, index).get("digest")));
    }

    /** Collects the parts of an image. */
    private final class Builder {
        private final Map<String, TestImage.Document> documents = new LinkedHashMap<>();
        private final Map<String, byte[]> blobs = new LinkedHashMap<>();
        private final Map<String, List<String>> diffIds = new LinkedHashMap<>();

        Map<String, Object> addImage(String platform, List<Layer> layers) {
            List<RawLayer> raw = new ArrayList<>();
            for (int i = 0; i < layers.size(); i++) {
                byte[] tar = tar(platform, i, layers.get(i).size());
                Compression compression = layers.get(i).compression();
                String suffix = compression == Compression.NONE
                        ? ""
                        : "+" + compression.name().toLowerCase(Locale.ROOT);
                raw.add(new RawLayer(OCI_LAYER + suffix, compress(tar, compression), TestImage.digest(tar)));
            }
            return addRawImage(platform, raw);
        }

        Map<String, Object> addRawImage(String platform, List<RawLayer> layers) {
            List<Object> descriptors = new ArrayList<>();
            List<String> ids = new ArrayList<>();
            for (RawLayer layer : layers) {
                ids.add(layer.diffId());
                descriptors.add(blob(layer.mediaType(), layer.blob()));
            }
            diffIds.put(platform, ids);
            String[] parts = platform.split("/");
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("os", parts[0]);
            config.put("architecture", parts[1]);
            if (parts.length > 2) {
                config.put("variant", parts[2]);
            }
            config.put("config", ordered("Cmd", List.of("/bin/true")));
            Map<String, Object> rootfs = ordered("type", "layers");
            rootfs.put("diff_ids", ids);
            config.put("rootfs", rootfs);
            Map<String, Object> manifest = new LinkedHashMap<>();
            manifest.put("schemaVersion", 2);
            manifest.put("mediaType", OCI_MANIFEST);
            manifest.put("config", blob(OCI_CONFIG, MAPPER.writeValueAsBytes(config)));
            manifest.put("layers", descriptors);
            return document(OCI_MANIFEST, manifest);
        }

        Map<String, Object> document(String mediaType, Object json) {
            byte[] content = MAPPER.writeValueAsBytes(json);
            documents.put(TestImage.digest(content), new TestImage.Document(mediaType, content));
            return descriptor(mediaType, content);
        }

        private Map<String, Object> blob(String mediaType, byte[] content) {
            blobs.put(TestImage.digest(content), content);
            return descriptor(mediaType, content);
        }

        TestImage build(String root) {
            return new TestImage(root, documents, blobs, diffIds);
        }
    }

    private static Map<String, Object> ordered(String name, Object value) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(name, value);
        return members;
    }

    private static Map<String, Object> descriptor(String mediaType, byte[] content) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", TestImage.digest(content));
        descriptor.put("size", content.length);
        return descriptor;
    }

    private byte[] tar(String platform, int number, int size) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            directory(tar, "usr/");
            directory(tar, "usr/share/");
            file(tar, "usr/share/noise-" + number, noise(platform, number, size));
            file(tar, "usr/share/platform", platform.getBytes(StandardCharsets.UTF_8));
            link(tar, "usr/share/hard-link-" + number, "usr/share/noise-" + number, TarConstants.LF_LINK);
            link(tar, "usr/share/symbolic-link-" + number, "noise-" + number, TarConstants.LF_SYMLINK);
            if (number > 0) {
                file(tar, "usr/share/.wh.noise-" + (number - 1), new byte[0]);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private byte[] noise(String platform, int number, int size) {
        byte[] noise = new byte[size];
        new SplittableRandom(seed * 31 + platform.hashCode() * 7L + number).nextBytes(noise);
        return noise;
    }

    private static void directory(TarArchiveOutputStream tar, String name) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_DIR);
        entry.setMode(0755);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static void file(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, String name, String target, byte type) throws IOException {
        TarArchiveEntry entry = entry(name, type);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(String name, byte type) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setModTime(0L);
        entry.setIds(0, 0);
        return entry;
    }

    private static byte[] compress(byte[] content, Compression compression) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (compression) {
            case NONE -> bytes;
            case GZIP -> new GZIPOutputStream(bytes);
            case ZSTD -> new ZstdOutputStream(bytes);
        }) {
            out.write(content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }
}
