// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.image.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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

/**
 * An image as files that a plain web server can serve as a registry. Layers are noise, which nothing on the way can make smaller.
 *
 * @param name the repository; the tag is 1
 * @param blobs the digests of the layers and of the configuration
 * @param size all bytes of the blobs
 */
record ServedImage(String name, List<String> blobs, long size) {
    private static final int CHUNK = 1 << 20;

    /** Writes the image below the root of the server. */
    static ServedImage write(Path root, String name, List<Long> layerSizes) throws IOException {
        Path repository = root.resolve("v2").resolve(name);
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        Path manifests = Files.createDirectories(repository.resolve("manifests"));
        SplittableRandom random = new SplittableRandom(layerSizes.hashCode());
        List<String> digests = new ArrayList<>();
        List<String> layers = new ArrayList<>();
        List<String> diffIds = new ArrayList<>();
        long total = 0;
        for (long size : layerSizes) {
            String digest = writeNoise(blobs, size, random);
            digests.add(digest);
            diffIds.add("\"" + digest + "\"");
            layers.add("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"%s\",\"size\":%d}"
                    .formatted(digest, size));
            total += size;
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
        Files.write(manifests.resolve(Digest.sha256(manifest).toString()), manifest);
        digests.add(configDigest);
        return new ServedImage(name, List.copyOf(digests), total + config.length);
    }

    private static String writeNoise(Path directory, long size, SplittableRandom random) throws IOException {
        Path part = directory.resolve("part");
        MessageDigest hash = sha256();
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out =
                new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(part), CHUNK), hash)) {
            for (long left = size; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                out.write(chunk, 0, (int) Math.min(left, chunk.length));
            }
        }
        String digest = "sha256:" + HexFormat.of().formatHex(hash.digest());
        Files.move(part, directory.resolve(digest));
        return digest;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
