// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.archive.StoredGraph.Part;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The images of an archive in the words of docker: each configuration once, with all its names. Of an image for several platforms
 * it is the one for this machine, else the first.
 */
final class DockerImages {
    /** By the digest of the configuration, in the order of the images. */
    private final Map<Digest, Item> items = new LinkedHashMap<>();

    private final IdentityHashMap<CarriedImage, Part> chosen = new IdentityHashMap<>();

    /** An image with its names. */
    private record Item(ImageManifest manifest, List<String> names) {}

    private DockerImages() {}

    /** Those of the images that docker can run. */
    static DockerImages of(List<CarriedImage> images) {
        DockerImages docker = new DockerImages();
        for (CarriedImage image : images) {
            choose(image).ifPresent(part -> docker.add(image, part));
        }
        return docker;
    }

    private void add(CarriedImage image, Part part) {
        if (part.document() instanceof ImageManifest manifest) {
            chosen.put(image, part);
            Item item =
                    items.computeIfAbsent(manifest.config().digest(), config -> new Item(manifest, new ArrayList<>()));
            if (ImageName.of(image.name()).isTagged()) {
                item.names().add(image.name());
            }
        }
    }

    private static Optional<Part> choose(CarriedImage image) {
        List<Part> runnable =
                image.manifests().stream().filter(DockerImages::isRunnable).toList();
        PlatformMatcher machine = PlatformMatcher.only(Platform.host(), Platform.host());
        return runnable.stream()
                .filter(part -> part.platform() != null && machine.matches(part.platform()))
                .findFirst()
                .or(() -> runnable.stream().findFirst());
    }

    private static boolean isRunnable(Part part) {
        LayerConfig config = part.config();
        return part.document() instanceof ImageManifest manifest
                && config != null
                && !part.descriptor().isAttestation()
                && manifest.layers().size() == config.diffIds().size()
                && manifest.layers().stream()
                        .allMatch(layer -> layer.mediaType().isLayer()
                                && !layer.mediaType().isEncrypted());
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** The image ID, by which docker knows an image: the digest of its configuration; empty if docker cannot run it. */
    Optional<Digest> imageId(CarriedImage image) {
        Part part = chosen.get(image);
        return part != null && part.document() instanceof ImageManifest manifest
                ? Optional.of(manifest.config().digest())
                : Optional.empty();
    }

    /** The manifest.json, with the paths of configurations and layers. */
    byte[] manifest(Function<Digest, String> config, Function<Digest, String> layer) {
        List<Object> list = new ArrayList<>();
        for (Item item : items.values()) {
            Map<String, Object> image = new LinkedHashMap<>();
            image.put("Config", config.apply(item.manifest().config().digest()));
            image.put("RepoTags", item.names());
            image.put(
                    "Layers",
                    item.manifest().layers().stream()
                            .map(each -> layer.apply(each.digest()))
                            .toList());
            list.add(image);
        }
        return JsonValue.write(list);
    }

    /**
     * Requires that docker can run every image.
     *
     * @throws ReferenceException if it cannot run one
     */
    void requireAll(List<CarriedImage> images) {
        for (CarriedImage image : images) {
            if (!chosen.containsKey(image)) {
                throw new ReferenceException(
                        (image.name().isEmpty() ? image.root().digest().toString() : ForeignText.line(image.name()))
                                + " has no image that docker can run, which a docker archive needs: choose an OCI archive");
            }
        }
    }

    /** The files of a docker archive. */
    List<ArchiveEntry> entries() {
        Map<String, ArchiveEntry> files = new LinkedHashMap<>();
        for (Item item : items.values()) {
            Descriptor config = item.manifest().config();
            files.put(configPath(config.digest()), ArchiveEntry.stored(configPath(config.digest()), config));
            for (Descriptor layer : item.manifest().layers()) {
                files.putIfAbsent(layerPath(layer.digest()), ArchiveEntry.stored(layerPath(layer.digest()), layer));
            }
        }
        List<ArchiveEntry> entries = new ArrayList<>(files.values());
        entries.add(ArchiveEntry.made(
                ArchivePaths.DOCKER_MANIFEST, manifest(DockerImages::configPath, DockerImages::layerPath)));
        entries.add(ArchiveEntry.made(ArchivePaths.DOCKER_REPOSITORIES, JsonValue.write(repositories())));
        return entries;
    }

    private static String configPath(Digest digest) {
        return digest.hex() + ".json";
    }

    private static String layerPath(Digest digest) {
        return digest.hex() + ".tar";
    }

    private Map<String, Object> repositories() {
        Map<String, Map<String, String>> repositories = new TreeMap<>();
        for (Item item : items.values()) {
            List<Descriptor> layers = item.manifest().layers();
            for (String text : layers.isEmpty() ? List.<String>of() : item.names()) {
                ImageName name = ImageName.of(text);
                repositories
                        .computeIfAbsent(name.repository(), repository -> new TreeMap<>())
                        .put(
                                name.shortName(),
                                layers.get(layers.size() - 1).digest().hex());
            }
        }
        return new LinkedHashMap<>(repositories);
    }

    /** What the archive does not have, because the format has no place for it. */
    List<LeftOut> leftOut(List<CarriedImage> images) {
        List<LeftOut> left = new ArrayList<>();
        for (CarriedImage image : images) {
            Part part = chosen.get(image);
            List<String> others = image.platforms().stream()
                    .filter(platform -> part != null && !platform.equals(part.platform()))
                    .map(Platform::formatAll)
                    .toList();
            if (!others.isEmpty()) {
                left.add(new LeftOut(image.name(), LeftOut.Reason.PLATFORM_NOT_IN_FORMAT, others));
            }
            if (!image.referrers().isEmpty()) {
                left.add(new LeftOut(
                        image.name(),
                        LeftOut.Reason.REFERRER_NOT_IN_FORMAT,
                        image.referrers().stream()
                                .map(each ->
                                        each.referrer().descriptor().digest().toString())
                                .toList()));
            }
        }
        return left;
    }
}
