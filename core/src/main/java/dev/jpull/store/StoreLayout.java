// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Digest;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The names in the directory of a store, and what makes a directory one (OCI image-spec, image-layout.md):
 *
 * <pre>
 * oci-layout               the version of the layout; written last, so that a directory with it is a whole store
 * index.json               the names of images ({@link LayoutIndex})
 * blobs/ALGORITHM/HEX      verified content ({@link BlobFiles})
 * ingest/ALGORITHM/HEX     content on its way ({@link Ingest}), and small files before their renaming
 * ingest/locks, *.lock     locks ({@link StoreLocks})
 * ingest/of-NAME           the same, of a user that does not own the common directories ({@link StoreTree})
 * snapshots/of-NAME        unpacked layers of one user, see the package {@code dev.jpull.snapshot}
 * </pre>
 */
final class StoreLayout {
    static final String BLOBS = "blobs";
    static final String INGEST = "ingest";
    static final String INDEX = "index.json";
    static final String LAYOUT_FILE = "oci-layout";
    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";
    private static final int MAX_LAYOUT_FILE = 4096;
    /** What may be in a directory that becomes a store: a store that was not finished, and files of file systems and tools. */
    private static final Set<String> HARMLESS =
            Set.of(BLOBS, INGEST, "lost+found", ".gitkeep", ".gitignore", ".DS_Store", "CACHEDIR.TAG");

    private StoreLayout() {}

    /** The path of a blob, whether or not it is there. */
    static Path pathOf(Path root, Digest digest) {
        return root.resolve(BLOBS).resolve(digest.algorithm().label()).resolve(digest.hex());
    }

    /** The path of an unfinished blob, for messages. */
    static Path ingestOf(Path root, Digest digest) {
        return root.resolve(INGEST).resolve(digest.algorithm().label()).resolve(digest.hex());
    }

    /**
     * Checks a store, and makes it when it is not there.
     *
     * @throws StoreException if the directory cannot be used
     */
    static void make(StoreTree tree) {
        requireWorkingDirectory(tree.root());
        try {
            tree.files().createDirectories(tree.root());
            try (StoreDirectory directory = tree.open()) {
                boolean isStore = directory.exists(LAYOUT_FILE);
                if (isStore) {
                    check(directory);
                } else {
                    refuseOtherContent(directory);
                }
                tree.make(BLOBS, Digest.Algorithm.SHA256.label()).close();
                tree.make(INGEST).close();
                if (!isStore) {
                    try (StoreDirectory partials = tree.partials(Digest.Algorithm.SHA256)) {
                        String written = tree.write(partials, "layout", LAYOUT.getBytes(StandardCharsets.UTF_8));
                        tree.publish(partials, written, directory, LAYOUT_FILE);
                    }
                }
            }
        } catch (IOException e) {
            throw StoreFiles.failure("use the store", tree.root(), e);
        }
    }

    /**
     * Where the locale cannot express the name of the working directory, Java has another name for it, and would make the store in
     * a new directory of that name.
     */
    private static void requireWorkingDirectory(Path root) {
        Path working = Path.of("").toAbsolutePath();
        if (!root.isAbsolute() && !Files.isDirectory(working)) {
            throw StoreFiles.unusable(
                    root
                            + " is relative to the working directory, and there is none with the name that Java has for it, "
                            + ForeignText.line(working.toString())
                            + ": name the store by its whole path, or run in a UTF-8 locale, such as with LC_ALL=C.UTF-8",
                    null);
        }
    }

    /**
     * Checks a store, and writes nothing.
     *
     * @throws StoreException if there is none
     */
    static void requireStore(StoreTree tree) {
        Path root = tree.root();
        try (StoreDirectory directory = tree.open()) {
            if (!directory.exists(LAYOUT_FILE)) {
                throw noStore(root);
            }
            check(directory);
        } catch (NoSuchFileException e) {
            throw StoreFiles.unusable(root + " is no store: there is no such directory", null);
        } catch (IOException e) {
            throw StoreFiles.failure("read", root.resolve(LAYOUT_FILE), e);
        }
    }

    private static StoreException noStore(Path root) {
        return StoreFiles.unusable(root + " is no store: it has no oci-layout file", null);
    }

    /** A directory with other files is another program's, or the wrong one. */
    private static void refuseOtherContent(StoreDirectory directory) throws IOException {
        List<String> names = directory.names();
        if (names.contains(LAYOUT_FILE)) {
            return; // another process has made it a store since it was looked for
        }
        boolean unfinished = names.contains(BLOBS);
        for (String name : names) {
            if (!HARMLESS.contains(name) && !(unfinished && name.equals(INDEX)) && !name.startsWith(".nfs")) {
                throw StoreFiles.unusable(
                        directory.path() + " is no store, but holds other files, such as " + ForeignText.line(name, 80)
                                + ": choose an empty directory, or a new one, for the store",
                        null);
            }
        }
    }

    private static void check(StoreDirectory directory) throws IOException {
        Path file = directory.pathOf(LAYOUT_FILE);
        try {
            String version = JsonValue.parse(directory.content(LAYOUT_FILE, MAX_LAYOUT_FILE))
                    .text("imageLayoutVersion");
            if (version == null || !version.startsWith("1.")) {
                throw new StoreException(file + " says layout version "
                        + (version == null ? "nothing" : ForeignText.line(version, 80))
                        + ", but only version 1 is known");
            }
        } catch (RegularFile.TooLargeException e) {
            throw StoreFiles.unusable(file + " is no oci-layout file: choose another directory for the store", e);
        } catch (JsonException e) {
            throw new StoreException(file + " is damaged: " + ForeignText.line(String.valueOf(e.getMessage())), e);
        }
    }
}
