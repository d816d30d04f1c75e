// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The extended headers in front of one entry. They apply to the entry only, never to each other: a size in a PAX header does not
 * change where the data of a long name ends (CVE-2025-62518, CVE-2026-53655). Of several of a kind, the last counts.
 */
final class ExtendedHeaders {
    private static final int GROWTH = 8192;

    private final int maxBytes;
    private int bytes;
    private PaxRecords pax = PaxRecords.NONE;
    private @Nullable RawPath longName;
    private @Nullable RawPath longLink;

    /** Without headers; they may have this many bytes together. */
    ExtendedHeaders(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Whether there is none. */
    boolean isEmpty() {
        return bytes == 0;
    }

    /** Reads the records of a PAX header that is for the entry. */
    void readPax(HeaderBlock header, BlockInput in, EntryPlace place) throws IOException {
        pax = PaxRecords.parse(read(header, in, place), place);
    }

    /**
     * Reads the records of a PAX header that is for all entries, and drops them, as containerd and Go's {@code archive/tar} do.
     *
     * @throws TarException if it has a record because of which other readers would find other entries
     */
    void readGlobal(HeaderBlock header, BlockInput in, EntryPlace place) throws IOException {
        if (PaxRecords.parse(read(header, in, place), place).changesSizes()) {
            throw place.refused(
                    "a global extended header sets sizes, which readers of archives understand in different ways");
        }
    }

    /** Reads the path of GNU tar for the entry. */
    void readLongName(HeaderBlock header, BlockInput in, EntryPlace place) throws IOException {
        longName = string(read(header, in, place));
    }

    /** Reads the target of GNU tar for the entry. */
    void readLongLink(HeaderBlock header, BlockInput in, EntryPlace place) throws IOException {
        longLink = string(read(header, in, place));
    }

    private static RawPath string(byte[] data) {
        return RawPath.cString(data, 0, data.length);
    }

    private byte[] read(HeaderBlock header, BlockInput in, EntryPlace place) throws IOException {
        long size = header.size();
        if (size > maxBytes - bytes - BlockInput.BLOCK) {
            throw place.refused("its extended headers have more than " + maxBytes + " bytes");
        }
        bytes += (int) size + BlockInput.BLOCK;
        // Grows with the bytes that come, because the size is only what the header says.
        byte[] data = new byte[(int) Math.min(size, GROWTH)];
        int filled = 0;
        while (filled < size) {
            int read = in.read(data, filled, data.length - filled);
            if (read < 0) {
                throw place.refused("the archive ends at byte " + in.position() + ", within an extended header");
            }
            filled += read;
            if (filled == data.length && filled < size) {
                data = Arrays.copyOf(data, (int) Math.min(size, filled * 2L));
            }
        }
        if (in.skip(BlockInput.padding(size)) < BlockInput.padding(size)) {
            throw place.refused("the archive ends at byte " + in.position() + ", behind an extended header");
        }
        return data;
    }

    /** The PAX records for the entry. */
    PaxRecords pax() {
        return pax;
    }

    /** The path of the entry: that of GNU tar, else the one in PAX records, else that of the header block. */
    RawPath path(HeaderBlock header) {
        byte[] record = pax.value("path");
        return longName != null ? longName : record != null ? RawPath.of(record) : header.path();
    }

    /** The target of the entry, from the same places. */
    RawPath link(HeaderBlock header) {
        byte[] record = pax.value("linkpath");
        return longLink != null ? longLink : record != null ? RawPath.of(record) : header.link();
    }
}
