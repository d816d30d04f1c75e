// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import dev.jpull.tar.SparseMap.Chunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads the map of a sparse file, in the format of old GNU tar (in header blocks) and its three formats in PAX (0.0 and 0.1 in
 * records, 1.0 in front of the data). A map may have so many parts as the limit allows, and is never larger than what was read.
 */
final class SparseMaps {
    private static final int IN_HEADER = 386;
    private static final int CHUNKS_IN_HEADER = 4;
    private static final int HEADER_CONTINUES = 482;
    private static final int REAL_SIZE = 483;
    private static final int CHUNKS_IN_BLOCK = 21;
    private static final int BLOCK_CONTINUES = 504;
    private static final int NUMBER = 12;

    private final BlockInput in;
    private final int maxChunks;
    private final EntryPlace place;
    private final List<Chunk> chunks = new ArrayList<>();

    /** Reads a map of the entry at this place. */
    SparseMaps(BlockInput in, int maxChunks, EntryPlace place) {
        this.in = in;
        this.maxChunks = maxChunks;
        this.place = place;
    }

    /** The map of an entry of type {@code S}; reads the blocks that continue its header. */
    SparseMap ofHeader(HeaderBlock header, long stored) throws IOException {
        if (!header.isGnu()) {
            throw place.refused("it is a sparse file of GNU tar, but its header has another format");
        }
        long size = header.number(REAL_SIZE, NUMBER, "size of the sparse file");
        addChunks(header.block(), IN_HEADER, CHUNKS_IN_HEADER);
        byte[] block = header.block();
        int continues = HEADER_CONTINUES;
        for (long blocks = 1; block[continues] != 0; blocks++) {
            if (blocks * CHUNKS_IN_BLOCK > maxChunks + (long) CHUNKS_IN_BLOCK) {
                throw tooMany();
            }
            block = new byte[BlockInput.BLOCK];
            if (in.fill(block) < block.length) {
                throw place.refused("the archive ends at byte " + in.position() + ", within a sparse map");
            }
            addChunks(block, 0, CHUNKS_IN_BLOCK);
            continues = BLOCK_CONTINUES;
        }
        return checked(size, stored);
    }

    private void addChunks(byte[] block, int start, int count) throws TarException {
        for (int i = 0; i < count; i++) {
            int at = start + i * 2 * NUMBER;
            if (block[at] == 0) {
                return;
            }
            add(NumberField.field(block, at, NUMBER), NumberField.field(block, at + NUMBER, NUMBER));
        }
    }

    /** The map of the formats 0.0 and 0.1, from PAX records. */
    SparseMap ofRecords(PaxRecords pax, long size, long stored) throws TarException {
        List<byte[]> pairs = pax.sparseNumbers();
        if (pairs.isEmpty()) {
            byte[] map = pax.value("GNU.sparse.map");
            addList(map == null ? new byte[0] : map);
        }
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            add(NumberField.decimal(pairs.get(i)), NumberField.decimal(pairs.get(i + 1)));
        }
        Long count = pax.number("GNU.sparse.numblocks", place);
        if (count != null && count != chunks.size()) {
            throw place.refused("its sparse map has " + chunks.size() + " parts, but " + count + " are announced");
        }
        return checked(size, stored);
    }

    private void addList(byte[] map) throws TarException {
        OptionalLong offset = OptionalLong.empty();
        boolean length = false;
        int start = 0;
        for (int i = 0; i <= map.length && map.length > 0; i++) {
            if (i == map.length || map[i] == ',') {
                OptionalLong number = NumberField.decimal(map, start, i);
                if (length) {
                    add(offset, number);
                }
                offset = number;
                length = !length;
                start = i + 1;
            }
        }
        if (length) {
            throw place.refused("its sparse map has an offset without a length");
        }
    }

    /** The map of the format 1.0: decimal lines in front of the data, padded to whole blocks. */
    SparseMap ofData(long size, long stored) throws IOException {
        SparseLines lines = new SparseLines(in, stored, place);
        long count = lines.next();
        if (count < 0 || count > maxChunks) {
            throw tooMany();
        }
        for (long i = 0; i < count; i++) {
            add(OptionalLong.of(lines.next()), OptionalLong.of(lines.next()));
        }
        return checked(size, stored - lines.bytes());
    }

    private void add(OptionalLong offset, OptionalLong length) throws TarException {
        if (offset.isEmpty() || length.isEmpty()) {
            throw place.refused("its sparse map has a part whose offset or length is not a number");
        }
        if (chunks.size() >= maxChunks) {
            throw tooMany();
        }
        chunks.add(new Chunk(offset.getAsLong(), length.getAsLong()));
    }

    private TarException tooMany() {
        return place.refused("its sparse map has more than " + maxChunks + " parts");
    }

    private SparseMap checked(long size, long stored) throws TarException {
        long end = 0;
        long sum = 0;
        for (Chunk chunk : chunks) {
            if (chunk.length() < 0
                    || chunk.offset() < end
                    || chunk.offset() > size
                    || chunk.length() > size - chunk.offset()) {
                throw place.refused("its sparse map has a part of " + chunk.length() + " bytes at " + chunk.offset()
                        + ", which overlaps another one or is outside of the " + size + " bytes of the file");
            }
            end = chunk.offset() + chunk.length();
            sum += chunk.length();
        }
        if (size < 0 || sum != stored) {
            throw place.refused("the parts of its sparse map have " + sum + " bytes of a file of " + size + ", but "
                    + stored + " are stored");
        }
        return new SparseMap(size, chunks);
    }
}
