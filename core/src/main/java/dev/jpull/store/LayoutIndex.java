// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.json.JsonException;
import dev.jpull.manifest.Referrer;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The names of the images in a store: its index.json (OCI image-spec, image-layout.md). What other programs wrote there
 * is kept. Safe for use by several threads and processes.
 */
public final class LayoutIndex {
    /** The annotation that names an image. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** The annotation that says which manifests of an index were pulled: their digests, separated by blanks. */
    public static final String PULLED = "dev.jpull.pulled";

    /** The annotation with the full name of an image, which containerd and docker read. */
    public static final String IMAGE_NAME = "io.containerd.image.name";

    /**
     * The annotation of a nameless entry that a pull made for a referrer: the digest of its subject. Such an entry goes with its
     * subject; those that other programs made have no such annotation, and stay.
     */
    public static final String SUBJECT = "dev.jpull.subject";

    /** The annotation with the tag under which a referrer was found, when only the tag ties it to its subject. */
    public static final String REFERRER_TAG = "dev.jpull.referrer-tag";

    /** The annotation of an image that a list brought: it goes when no list names it any more, see docs/lists.md. */
    public static final String SYNCED = "dev.jpull.synced";

    private static final int MAX_SIZE = 64 << 20;

    private final StoreTree tree;
    private final StoreLocks locks;
    private final ParsedIndex parsed;
    private final WaitControl wait;
    private final Path file;

    LayoutIndex(StoreTree tree, StoreLocks locks, ParsedIndex parsed, WaitControl wait) {
        this.tree = tree;
        this.locks = locks;
        this.parsed = parsed;
        this.wait = wait;
        this.file = tree.root().resolve(StoreLayout.INDEX);
    }

    /** An entry of the index; the name is empty when another program gave it none. */
    public record Entry(String name, Descriptor root) {}

    /**
     * An entry that names no content of a known kind; it is kept. Its texts are another program's.
     *
     * @param name the name, or empty
     * @param digest the digest, or empty
     * @param reason why it cannot be used
     */
    public record Unknown(String name, String digest, String reason) {}

    /** Frees the content of images that lose their names; called under the index lock. */
    interface Removal {
        /**
         * The disk has no room for the index without the names: frees some content.
         *
         * @return whether there was some
         */
        boolean makeRoom();

        /**
         * Whether a referrer is still needed. Called once, before the other methods.
         *
         * @param all the referrers of the index
         * @param left the entries that stay
         */
        Predicate<Referrer> keeps(List<Referrer> all, List<Entry> left);

        /** The names are gone: frees the content. */
        void finish();
    }

    /**
     * Gives an image a name; another image with that name loses it.
     *
     * @param isThere says whether everything that the image needs is in the store; nothing is taken out of it meanwhile
     * @return whether it was, and the image has its name
     * @throws PullCancelledException if the waiting for the lock was given up
     */
    public boolean put(String name, Descriptor root, Map<String, String> annotations, BooleanSupplier isThere) {
        return put(name, root, List.of(), annotations, isThere);
    }

    /**
     * Gives an image a name; another image with that name loses it.
     *
     * @param pulled of an index, the manifests that were pulled; those of an earlier pull of the same index are there as well
     * @param isThere says whether everything that the image needs is in the store; nothing is taken out of it meanwhile
     * @return whether it was, and the image has its name
     * @throws PullCancelledException if the waiting for the lock was given up
     */
    public boolean put(
            String name,
            Descriptor root,
            List<Digest> pulled,
            Map<String, String> annotations,
            BooleanSupplier isThere) {
        return put(name, root, pulled, annotations, List.of(), isThere);
    }

    /**
     * Gives an image a name, together with what refers to it; another image with that name loses it.
     *
     * @param pulled of an index, the manifests that were pulled; those of an earlier pull of the same index are there as well
     * @param referrers what refers to the image, to its manifests and to these referrers; those of earlier pulls stay
     * @param isThere says whether everything that the image and the referrers need is in the store; nothing is taken out of it
     *     meanwhile
     * @return whether it was, and the image has its name
     * @throws PullCancelledException if the waiting for the lock was given up
     */
    public boolean put(
            String name,
            Descriptor root,
            List<Digest> pulled,
            Map<String, String> annotations,
            List<Referrer> referrers,
            BooleanSupplier isThere) {
        return locked(() -> {
            if (!isThere.getAsBoolean()) {
                return false;
            }
            IndexDocument before = read();
            name(before, before.with(name, root, pulled, annotations).withReferrers(referrers));
            return true;
        });
    }

    /**
     * Adds what refers to images that are in the store already.
     *
     * @param isThere says whether everything that the referrers need is in the store; nothing is taken out of it meanwhile
     * @return whether it was, and the referrers are in the index
     * @throws PullCancelledException if the waiting for the lock was given up
     */
    public boolean putReferrers(List<Referrer> referrers, BooleanSupplier isThere) {
        return locked(() -> {
            if (!isThere.getAsBoolean()) {
                return false;
            }
            IndexDocument before = read();
            name(before, before.withReferrers(referrers));
            return true;
        });
    }

    /**
     * What the index has, in its order, from one reading of it.
     *
     * @param entries all entries that can be understood, without the referrers
     * @param referrers the referrers that pulls and imports have brought
     * @param unknown all other entries
     */
    public record Contents(List<Entry> entries, List<Referrer> referrers, List<Unknown> unknown) {
        /** Copies the lists. */
        public Contents {
            entries = List.copyOf(entries);
            referrers = List.copyOf(referrers);
            unknown = List.copyOf(unknown);
        }
    }

    /** What the index has. */
    public Contents contents() {
        IndexDocument document = readAlone();
        return new Contents(document.entries(), document.referrers(), document.unknown());
    }

    /** The referrers that pulls and imports have brought, in the order of the index. */
    public List<Referrer> referrers() {
        return readAlone().referrers();
    }

    /** All entries that can be understood, in the order of the index; without those of {@link #referrers()}. */
    public List<Entry> list() {
        return readAlone().entries();
    }

    /** All other entries, in the order of the index. */
    public List<Unknown> unknown() {
        return readAlone().unknown();
    }

    /** The manifest or index with this name. */
    public Optional<Descriptor> find(String name) {
        return readAlone().find(name);
    }

    /** Does something while the index cannot be changed by others; it must take moments. */
    public void whileLocked(Runnable action) {
        locked(() -> {
            action.run();
            return true;
        });
    }

    /** Takes names away, and then the content that no other entry needs, before others can change the index. */
    void remove(Collection<String> names, Removal removal) {
        locked(() -> {
            IndexDocument before = read();
            IndexDocument after = before.without(name -> !name.isEmpty() && names.contains(name));
            after = after.withReferrersOnly(removal.keeps(after.referrers(), after.entries()));
            boolean written = after.size() == before.size();
            while (!written) {
                try {
                    write(after, () -> {});
                    written = true;
                } catch (IOException e) {
                    if (!StoreFiles.isFull(e) || !removal.makeRoom()) {
                        throw e;
                    }
                }
            }
            removal.finish();
            return true;
        });
    }

    /** Something that is done under the lock of the index. */
    private interface Change {
        boolean run() throws IOException, JsonException;
    }

    private boolean locked(Change change) {
        try (StoreLock held = locks.index(wait)) {
            return change.run();
        } catch (IOException e) {
            throw StoreFiles.failure("write", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    private IndexDocument readAlone() {
        try {
            return read();
        } catch (IOException e) {
            throw StoreFiles.failure("read", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    private IndexDocument read() throws IOException, JsonException {
        try (StoreDirectory root = tree.open()) {
            return parsed.of(root.content(StoreLayout.INDEX, MAX_SIZE));
        } catch (NoSuchFileException e) {
            return IndexDocument.empty();
        } catch (RegularFile.TooLargeException e) {
            throw new StoreException(file + " is larger than " + MAX_SIZE + " bytes: it is no index of images", e);
        }
    }

    /** Writes an index that names content of the store; one that does not change is not written, but on the disk as well afterwards. */
    private void name(IndexDocument before, IndexDocument after) throws IOException {
        if (after != before) {
            write(after, tree::flushBlobs);
            return;
        }
        tree.flushBlobs();
        try (StoreDirectory root = tree.open()) {
            tree.files().flush(root);
        }
    }

    /** What has to be on the disk before the index is. */
    private interface Flush {
        void run() throws IOException;
    }

    /** Writes the index, and runs the flush before it gets its name; after the new file is flushed, because that is faster. */
    private void write(IndexDocument document, Flush flush) throws IOException {
        byte[] json = document.toJson();
        if (json.length > MAX_SIZE || !document.isReadable()) {
            throw new StoreException(FailureDetails.of("the store " + tree.root()
                            + " has too many images and referrers for one index: remove some, or use another store")
                    .withRemedies(List.of(Remedy.LIST_IMAGES, Remedy.OTHER_STORE)));
        }
        try (StoreDirectory root = tree.open();
                StoreDirectory partials = tree.partials(Digest.Algorithm.SHA256)) {
            String written = tree.write(partials, "index", json);
            try {
                flush.run();
                tree.publish(partials, written, root, StoreLayout.INDEX);
            } catch (IOException e) {
                partials.deleteAfter(written, e);
                throw e;
            }
        }
    }

    private StoreException damaged(JsonException e) {
        return new StoreException(file + " is damaged: " + ForeignText.line(String.valueOf(e.getMessage()))
                + "; remove it, and pull the images again (their blobs are kept)");
    }
}
