// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.DescriptorJson;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The names of the images in a store: its index.json (OCI image-spec, image-layout.md). What other programs wrote there
 * is kept. Safe for use by several threads and processes.
 */
public final class LayoutIndex {
    /** The annotation that names an image. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** The annotation that says which manifests of an index were pulled: their digests, separated by blanks. */
    public static final String PULLED = "dev.jpull.pulled";

    static final String FILE = "index.json";

    private static final String LOCK = "index.lock";
    private static final int MAX_SIZE = 64 << 20;

    private final StoreTree tree;
    private final LockLimits limits;
    private final WaitControl wait;
    private final Path file;

    LayoutIndex(StoreTree tree, LockLimits limits, WaitControl wait) {
        this.tree = tree;
        this.limits = limits;
        this.wait = wait;
        this.file = tree.root().resolve(FILE);
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

    /** What is done with the content of images whose names are taken away, while the index cannot be changed by others. */
    interface Removal {
        /**
         * The disk has no room for the index without the names: frees some content.
         *
         * @param left the entries that stay
         * @return whether there was some
         */
        boolean makeRoom(List<Entry> left);

        /** The names are gone: frees the content. */
        void finish(List<Entry> left);
    }

    /** What the file says. */
    private record Content(Map<String, Object> members, List<JsonValue> entries) {}

    /**
     * Names an image, instead of whatever had that name before.
     *
     * @param isThere says whether everything that the image needs is in the store; nothing is taken out of it meanwhile
     * @return whether it was, and the image has its name
     * @throws PullCancelledException if the waiting for the lock was given up
     */
    public boolean put(String name, Descriptor root, Map<String, String> annotations, BooleanSupplier isThere) {
        return put(name, root, List.of(), annotations, isThere);
    }

    /**
     * Names an image, instead of whatever had that name before.
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
        return locked(() -> {
            if (!isThere.getAsBoolean()) {
                return false;
            }
            Content content = read();
            List<Object> entries = without(content, entry -> name.equals(nameInPlain(entry)));
            Map<String, String> all = new LinkedHashMap<>(annotations);
            all.remove(PULLED);
            if (root.mediaType().isIndex() && !pulled.isEmpty()) {
                all.put(PULLED, ImageNeeds.note(union(pulled, content, name, root)));
            }
            entries.add(entry(name, root, all));
            write(content, entries);
            return true;
        });
    }

    /** All entries that can be understood, in the order of the index. */
    public List<Entry> list() {
        return understood(readAlone().entries());
    }

    /** All other entries, in the order of the index. */
    public List<Unknown> unknown() {
        List<Unknown> unknown = new ArrayList<>();
        for (JsonValue entry : readAlone().entries()) {
            String digest = textInPlain(entry.toPlain(), "digest");
            if (Digest.check(digest) != null) {
                unknown.add(new Unknown(
                        nameInPlain(entry.toPlain()),
                        digest,
                        digest.isEmpty()
                                ? "it has no digest"
                                : Digest.check(digest) == Digest.Flaw.UNSUPPORTED
                                        ? "its digest algorithm is not supported"
                                        : "its digest is malformed"));
            }
        }
        return unknown;
    }

    /** The manifest or index with this name. */
    public Optional<Descriptor> find(String name) {
        return list().stream()
                .filter(entry -> entry.name().equals(name))
                .map(Entry::root)
                .findFirst();
    }

    /** Does something while the index cannot be changed by others. */
    void whileLocked(Runnable action) {
        locked(() -> {
            action.run();
            return true;
        });
    }

    /** Takes names away, and then the content that no other entry needs, before others can change the index. */
    void remove(Collection<String> names, Removal removal) {
        locked(() -> {
            Content content = read();
            List<Object> entries = without(content, entry -> {
                String name = nameInPlain(entry);
                return !name.isEmpty() && names.contains(name);
            });
            List<Entry> left =
                    understood(JsonValue.parse(JsonValue.write(entries)).elements());
            boolean written = entries.size() == content.entries().size();
            while (!written) {
                try {
                    write(content, entries);
                    written = true;
                } catch (IOException e) {
                    if (!StoreFiles.isFull(e) || !removal.makeRoom(left)) {
                        throw e;
                    }
                }
            }
            removal.finish(left);
            return true;
        });
    }

    /** Something that is done under the lock of the index. */
    private interface Change {
        boolean run() throws IOException, JsonException;
    }

    private boolean locked(Change change) {
        try {
            StoreDirectory ingest = tree.make("ingest");
            try (StoreLock held = StoreLock.acquire(ingest, LOCK, 0, stopCondition())
                    .orElseThrow(
                            () -> new PullCancelledException("cancelled while waiting for the index of the store"))) {
                return change.run();
            }
        } catch (IOException e) {
            throw StoreFiles.failure("write", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    private StoreLock.StopCondition stopCondition() {
        long start = System.nanoTime();
        boolean[] announced = new boolean[1];
        return holder -> {
            long waited = System.nanoTime() - start;
            if (waited >= limits.index().toNanos()) {
                throw new StoreException("cannot change the index of the store " + tree.root() + ": for "
                        + limits.index().toSeconds() + " s it has been locked by " + holder.describe()
                        + ": let that process go on, or end it, and try again");
            }
            if (!announced[0] && waited >= limits.announced().toNanos()) {
                announced[0] = true;
                wait.waitsFor(
                        "waiting for " + holder.describe() + " that changes the index of the store " + tree.root());
            }
            return wait.isCancelled();
        };
    }

    private Content readAlone() {
        try {
            return read();
        } catch (IOException e) {
            throw StoreFiles.failure("read", file, e);
        } catch (JsonException e) {
            throw damaged(e);
        }
    }

    private Content read() throws IOException, JsonException {
        byte[] document;
        try (StoreDirectory root = tree.open()) {
            document = root.content(FILE, MAX_SIZE);
        } catch (NoSuchFileException e) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("schemaVersion", 2);
            members.put("mediaType", MediaType.OCI_INDEX.value());
            return new Content(members, List.of());
        } catch (RegularFile.TooLargeException e) {
            throw new StoreException(file + " is larger than " + MAX_SIZE + " bytes: it is no index of images", e);
        }
        JsonValue index = JsonValue.parse(document);
        Map<String, Object> members = new LinkedHashMap<>();
        index.members().forEach((name, member) -> members.put(name, member.toPlain()));
        return new Content(members, index.require("manifests").elements());
    }

    private static List<Object> without(Content content, Predicate<@Nullable Object> unwanted) {
        List<Object> entries = new ArrayList<>();
        for (JsonValue entry : content.entries()) {
            if (!unwanted.test(entry.toPlain())) {
                entries.add(entry.toPlain());
            }
        }
        return entries;
    }

    private static List<Digest> union(List<Digest> pulled, Content content, String name, Descriptor root) {
        Set<Digest> all = new LinkedHashSet<>(pulled);
        for (Entry entry : understood(content.entries())) {
            String note = entry.root().annotations().get(PULLED);
            if (note != null
                    && entry.name().equals(name)
                    && entry.root().digest().equals(root.digest())) {
                all.addAll(ImageNeeds.noted(note));
            }
        }
        return List.copyOf(all);
    }

    private void write(Content content, List<Object> entries) throws IOException {
        content.members().put("manifests", entries);
        byte[] document = JsonValue.write(content.members());
        try (StoreDirectory root = tree.open();
                StoreDirectory partials = tree.partials(Digest.Algorithm.SHA256)) {
            String written = tree.write(partials, "index", document);
            try {
                tree.publish(partials, written, root, FILE);
            } catch (IOException e) {
                partials.deleteAfter(written, e);
                throw e;
            }
        }
    }

    /** Those that name content that may be in the store; what else is wrong with them does not make it unneeded. */
    private static List<Entry> understood(List<JsonValue> entries) {
        List<Entry> list = new ArrayList<>();
        for (JsonValue entry : entries) {
            Object plain = entry.toPlain();
            String digest = textInPlain(plain, "digest");
            if (Digest.check(digest) == null) {
                list.add(new Entry(nameInPlain(plain), descriptor(entry, Digest.parse(digest))));
            }
        }
        return list;
    }

    private static Descriptor descriptor(JsonValue entry, Digest digest) {
        try {
            return DescriptorJson.descriptor(entry);
        } catch (JsonException e) {
            String mediaType = textInPlain(entry.toPlain(), "mediaType");
            return new Descriptor(
                    new MediaType(mediaType.isEmpty() ? "application/octet-stream" : ForeignText.line(mediaType)),
                    digest,
                    0);
        }
    }

    private static Object entry(String name, Descriptor root, Map<String, String> annotations) {
        Map<String, Object> all = new LinkedHashMap<>(annotations);
        all.put(REF_NAME, name);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", root.mediaType().value());
        entry.put("digest", root.digest().toString());
        entry.put("size", root.size());
        entry.put("annotations", all);
        return entry;
    }

    private static String nameInPlain(@Nullable Object entry) {
        return textInPlain(entry instanceof Map<?, ?> map ? map.get("annotations") : null, REF_NAME);
    }

    private static String textInPlain(@Nullable Object object, String member) {
        return object instanceof Map<?, ?> map && map.get(member) instanceof String text ? text : "";
    }

    private StoreException damaged(JsonException e) {
        return new StoreException(file + " is damaged: " + ForeignText.line(String.valueOf(e.getMessage()))
                + "; remove it, and pull the images again (their blobs are kept)");
    }
}
