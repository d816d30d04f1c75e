// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes an entry of its header block and its extended headers. */
final class EntryReader {
    private static final int MODE_BITS = 07777;

    /** The largest owner; the number above it stands for "no change" in system calls. */
    private static final long MAX_OWNER = 0xffff_fffeL;

    /** The ranges of device numbers in Linux: 12 bits and 20 bits. */
    private static final long MAX_MAJOR = 0xfff;

    private static final long MAX_MINOR = 0xf_ffff;

    private static final RawPath NO_LINK = RawPath.of("");

    private final HeaderBlock header;
    private final ExtendedHeaders extended;
    private final PaxRecords pax;
    private final BlockInput in;
    private final TarLimits limits;
    private EntryPlace place;
    private long stored;

    EntryReader(HeaderBlock header, ExtendedHeaders extended, BlockInput in, TarLimits limits, EntryPlace place) {
        this.header = header;
        this.extended = extended;
        this.pax = extended.pax();
        this.in = in;
        this.limits = limits;
        this.place = place;
    }

    /** How many bytes of data follow, after {@link #entry()}. */
    long stored() {
        return stored;
    }

    /** The entry; of the stream, it reads the map of a sparse file. */
    TarEntry entry() throws IOException {
        RawPath path = extended.path(header);
        place = place.of(path);
        EntryType type = type(path);
        long size = size(type);
        SparseMap sparse = sparse(type);
        if (sparse != null) {
            path = Objects.requireNonNullElse(sparseName(), path);
            size = sparse.size();
        }
        if (path.length() == 0) {
            throw place.refused("it has no path");
        }
        boolean device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE;
        return new TarEntry(
                type,
                path,
                link(type),
                (int) (header.mode() & MODE_BITS),
                owner("uid", header.uid()),
                owner("gid", header.gid()),
                Objects.requireNonNullElse(time("mtime"), EntryTime.ofSeconds(header.modified())),
                accessed(),
                type == EntryType.FILE ? size : 0,
                sparse,
                device ? device(header.major(), MAX_MAJOR) : 0,
                device ? device(header.minor(), MAX_MINOR) : 0,
                Collections.unmodifiableMap(pax.xattrs()));
    }

    private EntryType type(RawPath path) throws TarException {
        return switch (header.type()) {
            // Archives in the format of Unix version 7 have no type for directories.
            case 0 -> path.endsWithSlash() ? EntryType.DIRECTORY : EntryType.FILE;
            case '0', '7', 'S' -> EntryType.FILE;
            case '1' -> EntryType.HARD_LINK;
            case '2' -> EntryType.SYMLINK;
            case '3' -> EntryType.CHARACTER_DEVICE;
            case '4' -> EntryType.BLOCK_DEVICE;
            case '5', 'D' -> EntryType.DIRECTORY;
            case '6' -> EntryType.FIFO;
            case 'M' -> throw place.refused("it continues a file of another volume; an image has no volumes");
            default ->
                throw place.refused("its type, the byte 0x" + Integer.toHexString(header.type()) + ", is not known");
        };
    }

    /** The size that counts; that of the PAX records replaces that of the block, also for where the next header is. */
    private long size(EntryType type) throws TarException {
        Long record = pax.number("size", place);
        long size = record == null ? header.size() : record;
        if (size < 0) {
            throw place.refused("the size is negative: " + size);
        }
        // Only files have data, and the lists of names in incremental archives of GNU tar.
        stored = type == EntryType.FILE || header.type() == 'D' ? size : 0;
        if (stored > limits.maxBytes()) {
            throw place.refused("it has " + stored + " bytes, but at most " + limits.maxBytes() + " are read");
        }
        return size;
    }

    private @Nullable SparseMap sparse(EntryType type) throws IOException {
        SparseMaps maps = new SparseMaps(in, limits.maxSparseChunks(), place);
        if (header.type() == 'S') {
            return maps.ofHeader(header, stored);
        }
        String version = pax.text("GNU.sparse.major") + '.' + pax.text("GNU.sparse.minor");
        boolean map =
                pax.value("GNU.sparse.map") != null || !pax.sparseNumbers().isEmpty();
        if (!version.equals("1.0")
                && !version.equals("0.0")
                && !version.equals("0.1")
                && !(version.equals(".") && map)) {
            if (!version.equals(".")) {
                throw place.refused("the format of its sparse map is not known");
            }
            return null;
        }
        if (type != EntryType.FILE) {
            throw place.refused("it has a sparse map, but is not a file");
        }
        if (!version.equals("1.0")) {
            return maps.ofRecords(pax, realSize(), stored);
        }
        long start = in.position();
        SparseMap read = maps.ofData(realSize(), stored);
        stored -= in.position() - start;
        return read;
    }

    private long realSize() throws TarException {
        Long size = pax.number("GNU.sparse.size", place);
        Long realSize = size != null ? size : pax.number("GNU.sparse.realsize", place);
        if (realSize == null) {
            throw place.refused("it has a sparse map, but not the size of the file");
        }
        return realSize;
    }

    private @Nullable RawPath sparseName() {
        byte[] name = pax.value("GNU.sparse.name");
        return name == null ? null : RawPath.of(name);
    }

    private RawPath link(EntryType type) throws TarException {
        if (type != EntryType.SYMLINK && type != EntryType.HARD_LINK) {
            return NO_LINK;
        }
        RawPath link = extended.link(header);
        if (link.length() == 0) {
            throw place.refused("it is a link without a target");
        }
        return link;
    }

    private long owner(String keyword, long ofBlock) throws TarException {
        Long record = pax.number(keyword, place);
        long owner = record == null ? ofBlock : record;
        if (owner < 0 || owner > MAX_OWNER) {
            throw place.refused("its " + keyword + " is " + owner + ", outside of 0 to " + MAX_OWNER);
        }
        return owner;
    }

    private @Nullable Instant accessed() throws TarException {
        Instant record = time("atime");
        Long ofBlock = header.accessed();
        return record != null ? record : ofBlock == null ? null : EntryTime.ofSeconds(ofBlock);
    }

    private @Nullable Instant time(String keyword) throws TarException {
        byte[] record = pax.value(keyword);
        if (record == null) {
            return null;
        }
        return EntryTime.ofDecimal(record)
                .orElseThrow(() -> place.refused("the record " + keyword + " of its extended header is not a time"));
    }

    private long device(long number, long most) throws TarException {
        if (number < 0 || number > most) {
            throw place.refused("a device number is " + number + ", outside of 0 to " + most);
        }
        return number;
    }
}
