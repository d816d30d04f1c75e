// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.image.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * An image as files that a plain web server can serve as a registry. In each layer is one file of noise, which nothing on the
 * way can make smaller.
 *
 * @param name the repository; the tag is 1
 * @param digest the digest of the manifest
 * @param blobs the digests of the layers and of the configuration
 * @param size all bytes of the blobs
 */
record ServedImage(String name, String digest, List<String> blobs, long size) {
    private static final int CHUNK = 1 << 20;

    /** Writes the image below the root of the server. */
    static ServedImage write(Path root, String name, List<Long> layerSizes) throws IOException {
        Path repository = root.resolve("v2").resolve(name);
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        SplittableRandom random = new SplittableRandom(layerSizes.hashCode());
        List<Layer> layers = new ArrayList<>();
        for (long size : layerSizes) {
            layers.add(Layer.write(blobs, size, random));
        }
        return describe(root, name, layers);
    }

    /** Writes the configuration and the manifest of layers that are there. */
    static ServedImage describe(Path root, String name, List<Layer> written) throws IOException {
        Path repository = root.resolve("v2").resolve(name);
        Path blobs = repository.resolve("blobs");
        Path manifests = Files.createDirectories(repository.resolve("manifests"));
        List<String> digests = new ArrayList<>();
        List<String> layers = new ArrayList<>();
        List<String> diffIds = new ArrayList<>();
        long total = 0;
        for (Layer layer : written) {
            digests.add(layer.digest());
            diffIds.add("\"" + layer.diffId() + "\"");
            layers.add("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"%s\",\"size\":%d}"
                    .formatted(layer.digest(), layer.size()));
            total += layer.size();
        }
        byte[] config = """
                {"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}\
                """.formatted(String.join(",", diffIds)).getBytes(StandardCharsets.UTF_8);
        String configDigest = Digest.sha256(config).toString();
        Files.write(blobs.resolve(configDigest), config);
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\
                {"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},"layers":[%s]}\
                """.formatted(configDigest, config.length, String.join(",", layers))
                .getBytes(StandardCharsets.UTF_8);
        Files.write(manifests.resolve("1"), manifest);
        String manifestDigest = Digest.sha256(manifest).toString();
        Files.write(manifests.resolve(manifestDigest), manifest);
        digests.add(configDigest);
        return new ServedImage(name, manifestDigest, List.copyOf(digests), total + config.length);
    }

    /**
     * A layer that is served.
     *
     * @param digest of the file
     * @param diffId of the uncompressed content
     * @param size of the file, in bytes
     */
    record Layer(String digest, String diffId, long size) {
        private static Layer write(Path directory, long noise, SplittableRandom random) throws IOException {
            Path part = directory.resolve("part");
            MessageDigest compressed = sha256();
            MessageDigest uncompressed = sha256();
            GzipParameters stored = new GzipParameters();
            stored.setCompressionLevel(Deflater.NO_COMPRESSION);
            try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new DigestOutputStream(
                    new GzipCompressorOutputStream(
                            new DigestOutputStream(
                                    new BufferedOutputStream(Files.newOutputStream(part), CHUNK), compressed),
                            stored),
                    uncompressed))) {
                TarArchiveEntry entry = new TarArchiveEntry("noise");
                entry.setSize(noise);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                byte[] chunk = new byte[CHUNK];
                for (long left = noise; left > 0; left -= chunk.length) {
                    random.nextBytes(chunk);
                    tar.write(chunk, 0, (int) Math.min(left, chunk.length));
                }
                tar.closeArchiveEntry();
            }
            String digest = text(compressed);
            Path blob = Files.move(part, directory.resolve(digest));
            return new Layer(digest, text(uncompressed), Files.size(blob));
        }

        /** The digest in words. */
        static String text(MessageDigest hash) {
            return "sha256:" + HexFormat.of().formatHex(hash.digest());
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
