// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.store.ImageStore;
import dev.jpull.tar.RawPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The entries of an archive by name, within limits on memory. For use by one thread. */
final class ArchivePieces {
    /** How much memory names and small content may take together, in bytes. */
    private static final long MAX_MEMORY = 16L << 20;
    /** What an entry costs beside its name and content, about. */
    private static final int OVERHEAD = 200;

    private static final int MAX_LINKS = 40;
    private static final MediaType ANY = new MediaType("application/octet-stream");

    private final ArchiveSource source;
    private final ImageStore store;
    private final Map<RawPath, Piece> pieces = new HashMap<>();
    private long memory;
    private long written;

    ArchivePieces(ArchiveSource source, ImageStore store) {
        this.source = source;
        this.store = store;
    }

    /** Whether so much content fits into memory beside what is there. */
    boolean hasRoom(long bytes) {
        return bytes <= MAX_MEMORY / 2 - memory;
    }

    /** Adds an entry; the same name may come again with the same content. */
    void add(RawPath name, Piece piece) {
        memory += name.length() + OVERHEAD + size(piece);
        if (memory > MAX_MEMORY) {
            throw source.refused("its entries have too many or too long names: it is no archive of images");
        }
        Piece before = pieces.putIfAbsent(name, piece);
        if (before != null && !isSame(before, piece)) {
            throw source.refused("it has two entries of the name " + name
                    + " with different content, so that it is not clear which one counts");
        }
    }

    private static long size(Piece piece) {
        return piece instanceof Piece.Held held
                ? held.content().length
                : piece instanceof Piece.Link link ? link.target().length() : 0;
    }

    private static boolean isSame(Piece before, Piece piece) {
        if (before instanceof Piece.Link || piece instanceof Piece.Link) {
            return before.equals(piece);
        }
        return digest(before).equals(digest(piece));
    }

    private static Digest digest(Piece piece) {
        return piece instanceof Piece.Stored stored
                ? stored.digest()
                : piece instanceof Piece.Held held ? Digest.sha256(held.content()) : Digest.sha256(new byte[0]);
    }

    /** How many bytes of small content were put into the store. */
    long written() {
        return written;
    }

    /** Whether there is an entry of this name. */
    boolean has(String name) {
        return pieces.containsKey(EntryName.of(name));
    }

    /**
     * The content of an entry, where links lead.
     *
     * @return null if there is none
     */
    private @Nullable Piece find(String name) {
        return pieces.get(end(name));
    }

    /** Where links lead from a name. */
    private RawPath end(String name) {
        RawPath at = EntryName.of(name);
        for (int i = 0; i <= MAX_LINKS; i++) {
            if (!(pieces.get(at) instanceof Piece.Link link)) {
                return at;
            }
            at = link.target();
        }
        throw source.refused("the links from " + EntryName.of(name) + " lead in a circle, or over more than "
                + MAX_LINKS + " links; make the archive again");
    }

    /**
     * The content of a small entry.
     *
     * @param max how many bytes it may have
     * @return empty if there is no such entry
     */
    Optional<byte[]> content(String name, int max) {
        Piece piece = find(name);
        if (piece == null) {
            return Optional.empty();
        }
        long size = piece instanceof Piece.Held held
                ? held.content().length
                : piece instanceof Piece.Stored stored ? stored.size() : 0;
        if (size > max) {
            throw source.refused(
                    "its entry " + EntryName.of(name) + " has " + size + " bytes, but at most " + max + " are read");
        }
        return piece instanceof Piece.Stored stored
                ? store.document(stored.digest(), max)
                : piece instanceof Piece.Held held ? Optional.of(held.content()) : Optional.empty();
    }

    /**
     * The content of an entry as a blob of the store.
     *
     * @return empty if there is no such entry
     */
    Optional<Piece.Stored> stored(String name) {
        RawPath at = end(name);
        Piece piece = pieces.get(at);
        if (piece instanceof Piece.Held held) {
            Digest digest = Digest.sha256(held.content());
            if (store.missing(List.of(Descriptor.forContent(ANY, held.content())))
                    .isEmpty()) {
                store.touch(digest);
            } else {
                store.putDocument(digest, held.content());
                written += held.content().length;
            }
            Piece.Stored moved = new Piece.Stored(digest, held.content().length);
            pieces.put(at, moved); // hashed once, however many layers have this name
            return Optional.of(moved);
        }
        return piece instanceof Piece.Stored stored ? Optional.of(stored) : Optional.empty();
    }
}
