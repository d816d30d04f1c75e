// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.Referrer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hashes every blob of a store again, because disks lose data, and lists the missing blobs of images. Only a blob with a
 * wrong hash is damaged: an image may have a wrong size for a blob, and a file that cannot be read may be correct. For use by
 * one thread; pulls may go on meanwhile.
 */
public final class StoreVerifier {
    private static final int BUFFER = 1 << 20;
    private static final int MAX_LOOKS = 5;
    private static final MediaType UNKNOWN = new MediaType("application/octet-stream");

    private final ImageStore store;
    private final WaitControl wait;

    /**
     * A verifier for a store.
     *
     * @param wait is told about the wait for the lock of the index
     */
    public StoreVerifier(ImageStore store, WaitControl wait) {
        this.store = store;
        this.wait = wait;
    }

    /** What may be wrong. */
    public enum Kind {
        /** The content of a blob has another digest than its name says, or there is something else in its place. */
        DAMAGED,
        /** An image needs a blob that is not there. */
        MISSING,
        /** The file of a blob could not be read, so that it may be right or not. */
        UNREADABLE,
        /** The blob is right, but an image says that it has another size. */
        IMAGE
    }

    /**
     * Something that is not what it should be.
     *
     * @param kind what is wrong
     * @param descriptor what it should be; of unknown type when no image needs it
     * @param path where the blob is or should be
     * @param reason what is wrong, in words
     * @param images the names of the images that need it
     */
    public record Bad(Kind kind, Descriptor descriptor, Path path, String reason, List<String> images) {
        /** Copies the list. */
        public Bad {
            images = List.copyOf(images);
        }
    }

    /** A look at a file: what is wrong with it, and which file it was. */
    private record Finding(@Nullable Kind kind, String reason, BasicFileAttributes file) {
        boolean isOf(@Nullable BasicFileAttributes other) {
            return other != null
                    && Objects.equals(file.fileKey(), other.fileKey())
                    && file.size() == other.size()
                    && file.lastModifiedTime().equals(other.lastModifiedTime());
        }
    }

    /** What images say about one blob: the images by size. */
    private static final class Claims {
        private final Map<Long, Descriptor> descriptors = new LinkedHashMap<>();
        private final Map<Long, Set<String>> images = new HashMap<>();

        void add(Descriptor descriptor, String image) {
            descriptors.putIfAbsent(descriptor.size(), descriptor);
            images.computeIfAbsent(descriptor.size(), unseen -> new LinkedHashSet<>())
                    .add(image);
        }
    }

    /**
     * Looks at every blob.
     *
     * @param remove whether to delete damaged blobs that no image needs
     */
    public List<Bad> verify(boolean remove) {
        Map<Digest, Claims> claims = claims();
        Map<Digest, Finding> findings = new HashMap<>();
        new StoreCleaner(store).visitFiles((digest, directory, file) -> {
            Finding finding = look(digest, directory);
            if (finding != null) {
                findings.put(digest, finding);
            }
        });
        List<Bad> bad = new ArrayList<>();
        findings.forEach((digest, finding) -> report(digest, finding, claims.get(digest), bad));
        bad.addAll(missing());
        if (remove) {
            bad.stream()
                    .filter(found ->
                            found.kind() == Kind.DAMAGED && found.images().isEmpty())
                    .map(found -> found.descriptor().digest())
                    .forEach(digest -> remove(digest, findings.get(digest)));
        }
        return bad;
    }

    private Map<Digest, Claims> claims() {
        Map<Digest, Claims> claims = new HashMap<>();
        visitNeeds(
                store.index().contents(),
                (needs, image) -> needs.mentioned()
                        .forEach(descriptor -> claims.computeIfAbsent(descriptor.digest(), unseen -> new Claims())
                                .add(descriptor, image)));
        return claims;
    }

    /** What the images need, and with each image what refers to it, also by an entry of another program. */
    private void visitNeeds(LayoutIndex.Contents contents, BiConsumer<ImageNeeds, String> visitor) {
        StoreGraph graph = StoreGraph.lenient(store, contents.referrers());
        Set<Digest> attached = ForeignReferrers.addTo(graph, contents.entries());
        for (LayoutIndex.Entry entry : contents.entries()) {
            if (entry.name().isEmpty() && attached.contains(entry.root().digest())) {
                continue;
            }
            visitor.accept(new ImageNeeds(store, graph, entry.root()), entry.name());
            for (Referrer referrer : graph.referrersBelow(entry.root())) {
                visitor.accept(ImageNeeds.ofReferrer(store, graph, referrer.descriptor()), entry.name());
            }
        }
    }

    private void report(Digest digest, Finding finding, @Nullable Claims claims, List<Bad> bad) {
        Path path = store.pathOf(digest);
        long size = finding.file().size();
        if (claims == null) {
            if (finding.kind() != null) {
                bad.add(new Bad(
                        finding.kind(), new Descriptor(UNKNOWN, digest, size), path, finding.reason(), List.of()));
            }
            return;
        }
        claims.descriptors.forEach((claimed, descriptor) -> {
            List<String> images = List.copyOf(claims.images.getOrDefault(claimed, Set.of()));
            if (finding.kind() != null) {
                boolean length =
                        finding.kind() == Kind.DAMAGED && finding.file().isRegularFile() && size != claimed;
                bad.add(new Bad(
                        finding.kind(),
                        descriptor,
                        path,
                        length ? "it has " + size + " bytes instead of " + claimed : finding.reason(),
                        images));
            } else if (size != claimed) {
                bad.add(new Bad(
                        Kind.IMAGE,
                        descriptor,
                        path,
                        "the image is wrong: by its manifest the blob has " + claimed
                                + " bytes, but the verified content" + " has " + size,
                        images));
            }
        });
    }

    /** What listed images lack. A clean-up may take an image away meanwhile: what counts is an index that does not change. */
    private List<Bad> missing() {
        for (int i = 0; i < MAX_LOOKS; i++) {
            LayoutIndex.Contents listed = store.index().contents();
            Map<Descriptor, Set<String>> lacking = new LinkedHashMap<>();
            visitNeeds(listed, (needs, image) -> {
                for (Descriptor descriptor : needs.required()) {
                    if (!exists(descriptor.digest())) {
                        lacking.computeIfAbsent(plain(descriptor), unseen -> new LinkedHashSet<>())
                                .add(image);
                    }
                }
            });
            if (lacking.isEmpty()
                    || i == MAX_LOOKS - 1
                    || store.index().contents().equals(listed)) {
                List<Bad> missing = new ArrayList<>();
                lacking.forEach((descriptor, images) -> missing.add(new Bad(
                        Kind.MISSING,
                        descriptor,
                        store.pathOf(descriptor.digest()),
                        "it is not there",
                        List.copyOf(images))));
                return missing;
            }
        }
        return List.of();
    }

    /** The same for every image, whatever platform and annotations one of them gives it. */
    private static Descriptor plain(Descriptor descriptor) {
        return new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                null,
                List.of(),
                Map.of(),
                descriptor.data());
    }

    private boolean exists(Digest digest) {
        try (StoreDirectory directory = store.tree().blobs(digest.algorithm())) {
            return directory.exists(digest.hex());
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StoreFiles.failure("look for", store.pathOf(digest), e);
        }
    }

    /** Hashes a file; null when it is gone. A file that is replaced meanwhile is hashed anew. */
    private static @Nullable Finding look(Digest digest, StoreDirectory directory) throws IOException {
        Finding finding = null;
        for (int i = 0; i < MAX_LOOKS; i++) {
            BasicFileAttributes file = directory.attributesIfThere(digest.hex());
            if (file == null) {
                return null;
            }
            finding = look(digest, directory, file);
            if (finding.kind() == null || finding.isOf(directory.attributesIfThere(digest.hex()))) {
                return finding;
            }
        }
        return finding;
    }

    private static Finding look(Digest digest, StoreDirectory directory, BasicFileAttributes file)
            throws ClosedByInterruptException {
        Path path = directory.pathOf(digest.hex());
        if (!file.isRegularFile()) {
            return new Finding(
                    Kind.DAMAGED, "it is " + RegularFile.describe(path, file) + ", and no regular file", file);
        }
        MessageDigest hash = digest.algorithm().newMessageDigest();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(1, Math.min(BUFFER, file.size())));
        try (FileChannel channel = directory.read(digest.hex())) {
            while (channel.read(buffer) >= 0) {
                hash.update(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (AccessDeniedException e) {
            return new Finding(Kind.UNREADABLE, "it cannot be read: permission denied", file);
        } catch (IOException e) {
            return new Finding(Kind.UNREADABLE, "it cannot be read: " + e.getMessage(), file);
        }
        return Digest.of(digest.algorithm(), hash.digest()).equals(digest)
                ? new Finding(null, "", file)
                : new Finding(Kind.DAMAGED, "its content has another digest", file);
    }

    /**
     * Deletes a blob that was found damaged, unless it is right by now: it is hashed again, and then, while no image can be
     * named, must be the file that was hashed, and not needed by any image.
     */
    private void remove(Digest digest, @Nullable Finding found) {
        try (StoreDirectory directory = store.tree().blobs(digest.algorithm())) {
            Finding again = look(digest, directory);
            if (found == null
                    || again == null
                    || again.kind() != Kind.DAMAGED
                    || again.file().isDirectory()) {
                return;
            }
            store.index(wait).whileLocked(() -> {
                try {
                    if (!claims().containsKey(digest) && again.isOf(directory.attributesIfThere(digest.hex()))) {
                        directory.deleteIfExists(digest.hex());
                    }
                } catch (IOException e) {
                    throw StoreFiles.failure("delete", store.pathOf(digest), e);
                }
            });
        } catch (ClosedByInterruptException e) {
            throw new PullCancelledException("interrupted while the store was verified", e);
        } catch (IOException e) {
            throw StoreFiles.failure("look at", store.pathOf(digest), e);
        }
    }
}
