// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.PlannedLayer;
import dev.jpull.layer.StoredLayer;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.store.ImageStore;
import dev.jpull.tar.RawPath;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The images of an archive of {@code docker save}, as its manifest.json lists them. Such an archive has no manifests: each image gets
 * one that has nothing but its configuration and its layers as they are, so that the same archive gives the same digests. Every
 * layer is compared with its diff ID, because nothing else ties it to its image.
 */
final class DockerContents {
    static final String MANIFEST = "manifest.json";
    static final String REPOSITORIES = "repositories";

    private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    private static final int MAX_IMAGES = 10_000;
    /** As many as a manifest may have. */
    private static final int MAX_LAYERS = DocumentJson.MAX_ENTRIES;
    /** How many bytes of configurations are read; images may share one. */
    private static final long MAX_CONFIGS = 256 << 20;

    private final ArchiveSource source;
    private final ImageStore store;
    private final ArchivePieces pieces;
    private final LayerDecoding decoding = LayerDecoding.within(DecodeLimits.DEFAULT);
    /** Layers by their names in manifest.json. */
    private final Map<String, Descriptor> layers = new HashMap<>();

    private long configBytes;

    /** Pairs of layers and diff IDs that fit. */
    private final Set<List<Digest>> verified = new HashSet<>();

    DockerContents(ArchiveSource source, ImageStore store, ArchivePieces pieces) {
        this.source = source;
        this.store = store;
        this.pieces = pieces;
    }

    /**
     * The images; their manifests are in the store.
     *
     * @throws IntegrityException if the archive contradicts itself or lacks something
     */
    List<ArchivedImage> images(byte[] json) {
        try {
            List<JsonValue> items = JsonValue.parse(json).elements();
            if (items.size() > MAX_IMAGES) {
                throw source.refused("its " + MANIFEST + " has more than " + MAX_IMAGES + " images");
            }
            List<ArchivedImage> images = new ArrayList<>();
            for (JsonValue item : items) {
                images.add(image(item));
            }
            return images;
        } catch (JsonException e) {
            throw source.refused("its " + MANIFEST + ": " + ForeignText.line(String.valueOf(e.getMessage())));
        }
    }

    private ArchivedImage image(JsonValue item) throws JsonException {
        List<ImageReference> names = new ArrayList<>();
        List<String> tags = item.texts("RepoTags");
        tags.forEach(tag -> ArchivedImage.fullName(tag).ifPresent(names::add));
        List<String> layerNames = item.texts("Layers");
        if (layerNames.size() > MAX_LAYERS) {
            throw source.refused("its " + MANIFEST + " lists " + layerNames.size()
                    + " layers of one image, but at most " + MAX_LAYERS + " are read");
        }
        String configName = item.require("Config").asText();
        byte[] content = pieces.content(configName, LayerConfig.MAX_SIZE).orElseThrow(() -> lacks(configName));
        configBytes += content.length;
        if (configBytes > MAX_CONFIGS) {
            throw source.refused("the configurations of its images have more than " + MAX_CONFIGS + " bytes together");
        }
        LayerConfig config;
        try {
            config = LayerConfig.parse(content);
        } catch (IntegrityException e) {
            throw source.refused(shown(configName) + ": " + e.getMessage());
        }
        if (layerNames.size() != config.diffIds().size()) {
            throw source.refused(shown(configName) + " lists "
                    + config.diffIds().size() + " layers, but " + MANIFEST + " lists " + layerNames.size()
                    + "; make the archive again");
        }
        Piece.Stored storedConfig = pieces.stored(configName).orElseThrow(() -> lacks(configName));
        List<Descriptor> listed = layerNames.stream()
                .map(layer -> layers.computeIfAbsent(layer, this::layer))
                .toList();
        byte[] manifest = manifest(storedConfig, listed);
        Digest digest = Digest.sha256(manifest);
        String label = names.isEmpty()
                ? "the image of " + shown(configName)
                : names.get(0).toString();
        PlannedLayer.of(label, digest, listed, config.diffIds()).forEach(this::verify);
        store.putDocument(digest, manifest);
        Platform platform = config.platform();
        Descriptor root =
                new Descriptor(MediaType.DOCKER_MANIFEST, digest, manifest.length, platform, List.of(), Map.of(), null);
        List<String> said = new ArrayList<>(tags);
        said.add(configName);
        return new ArchivedImage(root, names, "", ArchivedImage.text(root, said));
    }

    private IntegrityException lacks(String name) {
        return source.refused("its " + MANIFEST + " names the entry " + shown(name)
                + ", which the archive does not have: make or copy it again");
    }

    private static String shown(String name) {
        return RawPath.of(name).toString();
    }

    private Descriptor layer(String name) {
        Piece.Stored stored = pieces.stored(name).orElseThrow(() -> lacks(name));
        return new Descriptor(new MediaType(LAYER + compression(stored.digest())), stored.digest(), stored.size());
    }

    /** What the media type of a layer says beyond its being a tar, by its first bytes. */
    private String compression(Digest layer) {
        Path file = store.pathOf(layer);
        try {
            RegularFile.require(file, LinkOption.NOFOLLOW_LINKS);
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                String head = HexFormat.of().formatHex(in.readNBytes(4));
                return head.startsWith("1f8b") ? ".gzip" : head.equals("28b52ffd") ? ".zstd" : "";
            }
        } catch (IOException e) {
            throw source.failure(e);
        }
    }

    private void verify(PlannedLayer layer) {
        Digest blob = layer.blob().digest();
        if (blob.equals(layer.diffId()) || !verified.add(List.of(blob, layer.diffId()))) {
            return; // not compressed, and hashed when it was written; or of an image before
        }
        StoredLayer stored = new StoredLayer(layer, store.pathOf(blob), decoding);
        try (InputStream content = stored.open()) {
            content.transferTo(OutputStream.nullOutputStream());
        } catch (IntegrityException e) {
            throw source.refused(String.valueOf(e.getMessage()));
        } catch (PullException e) {
            throw e;
        } catch (IOException e) {
            throw source.failure(e);
        }
    }

    private static byte[] manifest(Piece.Stored config, List<Descriptor> layers) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.DOCKER_MANIFEST.value());
        manifest.put("config", descriptor(new Descriptor(MediaType.DOCKER_CONFIG, config.digest(), config.size())));
        manifest.put("layers", layers.stream().map(DockerContents::descriptor).toList());
        return JsonValue.write(manifest);
    }

    private static Map<String, Object> descriptor(Descriptor descriptor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", descriptor.mediaType().value());
        json.put("size", descriptor.size());
        json.put("digest", descriptor.digest().toString());
        return json;
    }
}
