// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.benchmarks.compare.ServedImage.Layer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.apache.commons.io.output.CountingOutputStream;

/**
 * Images of real files, which a registry would have: the programs, libraries and documents below /usr of this machine, in the
 * order of their names, compressed as image builders do it (gzip, level 6).
 */
final class TreeImage {
    private static final int CHUNK = 1 << 20;
    private static final int LEVEL = 6;

    private final Iterator<Path> files;
    private final long maxFileSize;
    private String lastFile = "";

    private TreeImage(Iterator<Path> files, long maxFileSize) {
        this.files = files;
        this.maxFileSize = maxFileSize;
    }

    /**
     * An image.
     *
     * @param served its files on the server
     * @param lastFile the path of the last file in its last layer
     */
    record Written(ServedImage served, String lastFile) {}

    /**
     * Writes an image below the root of the server.
     *
     * @param layers how many layers it has
     * @param size how many compressed bytes each of them has, about
     */
    static Written write(Path root, String name, int layers, long size) throws IOException {
        Path blobs = Files.createDirectories(root.resolve("v2").resolve(name).resolve("blobs"));
        List<Layer> written = new ArrayList<>();
        TreeImage image =
                new TreeImage(files().iterator(), size / 16); // larger files would make layers of unequal sizes
        for (int i = 0; i < layers; i++) {
            written.add(image.layer(blobs, size));
        }
        return new Written(ServedImage.describe(root, name, written), image.lastFile);
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : List.of("/usr/bin", "/usr/lib", "/usr/share", "/usr/local/lib", "/opt")) {
            Path directory = Path.of(name);
            if (Files.isDirectory(directory)) { // not every machine has each of them
                try (Stream<Path> walk = Files.walk(directory)) {
                    walk.sorted().forEach(files::add);
                }
            }
        }
        return files;
    }

    private Layer layer(Path directory, long size) throws IOException {
        Path part = directory.resolve("part");
        MessageDigest compressed = ServedImage.sha256();
        MessageDigest uncompressed = ServedImage.sha256();
        GzipParameters gzip = new GzipParameters();
        gzip.setCompressionLevel(LEVEL);
        CountingOutputStream count = new CountingOutputStream(
                new DigestOutputStream(new BufferedOutputStream(Files.newOutputStream(part), CHUNK), compressed));
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(
                new DigestOutputStream(new GzipCompressorOutputStream(count, gzip), uncompressed))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            while (count.getByteCount() < size) {
                if (!files.hasNext()) {
                    throw new IOException("this machine has too few files for the image");
                }
                add(tar, files.next());
            }
        }
        String digest = Layer.text(compressed);
        Path blob = Files.move(part, directory.resolve(digest));
        return new Layer(digest, Layer.text(uncompressed), Files.size(blob));
    }

    private void add(TarArchiveOutputStream tar, Path file) throws IOException {
        String name = file.toString().substring(1);
        if (Files.isSymbolicLink(file)) {
            TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            link.setLinkName(Files.readSymbolicLink(file).toString());
            put(tar, link, file);
        } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            put(tar, new TarArchiveEntry(name + "/"), file);
        } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.isReadable(file)
                && Files.size(file) <= maxFileSize) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(Files.size(file));
            put(tar, entry, file);
            lastFile = name;
        }
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.isFile() || entry.isDirectory()) {
            entry.setMode((int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS));
        }
        entry.setModTime(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .getEpochSecond()
                * 1000);
        tar.putArchiveEntry(entry);
        if (entry.getSize() > 0) {
            try (InputStream in = Files.newInputStream(file)) {
                in.transferTo(tar);
            }
        }
        tar.closeArchiveEntry();
    }
}
