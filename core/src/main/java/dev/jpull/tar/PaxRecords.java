// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of one PAX extended header. Of several with the same keyword the last counts, and one without a value does not
 * replace what the header block says, as in Go's {@code archive/tar}.
 */
final class PaxRecords {
    /** An extended header without records. */
    static final PaxRecords NONE = new PaxRecords();

    private static final String XATTR = "SCHILY.xattr.";
    private static final String SPARSE_OFFSET = "GNU.sparse.offset";
    private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";

    /** Keywords whose values are text of a file system, which has no NUL. */
    private static final Set<String> NAMES = Set.of("path", "linkpath", "uname", "gname", "GNU.sparse.name");

    private final Map<String, byte[]> values = new HashMap<>();
    private final Map<RawPath, byte[]> xattrs = new LinkedHashMap<>();
    private final List<byte[]> sparseNumbers = new ArrayList<>();

    private PaxRecords() {}

    /**
     * Reads records of the form {@code LENGTH KEYWORD=VALUE\n}.
     *
     * @throws TarException if a record is not of that form, or has a NUL where there cannot be one
     */
    static PaxRecords parse(byte[] data, EntryPlace place) throws TarException {
        PaxRecords records = new PaxRecords();
        int at = 0;
        while (at < data.length) {
            at = records.parseRecord(data, at, place);
        }
        if (records.sparseNumbers.size() % 2 != 0) {
            throw place.refused("its sparse map has an offset without a length");
        }
        return records;
    }

    /** Reads the record at this position; returns the position behind it. */
    private int parseRecord(byte[] data, int at, EntryPlace place) throws TarException {
        int space = indexOf(data, (byte) ' ', at, data.length);
        OptionalLong length = NumberField.decimal(data, at, space);
        long end = at + (length.isPresent() && length.getAsLong() <= data.length ? length.getAsLong() : -1);
        if (space == data.length || end > data.length || end - 1 <= space + 1 || data[(int) end - 1] != '\n') {
            throw place.refused("byte " + at + " of its extended header does not start a record");
        }
        int stop = (int) end - 1;
        int equals = indexOf(data, (byte) '=', space + 1, stop);
        if (equals == stop || equals == space + 1) {
            throw place.refused("the record at byte " + at + " of its extended header has no keyword");
        }
        String keyword = new String(data, space + 1, equals - space - 1, StandardCharsets.ISO_8859_1);
        byte[] value = Arrays.copyOfRange(data, equals + 1, stop);
        if (keyword.indexOf(0) >= 0
                || (NAMES.contains(keyword) && indexOf(value, (byte) 0, 0, value.length) < value.length)) {
            throw place.refused("the record at byte " + at + " of its extended header has a NUL in a name");
        }
        add(keyword, value, place);
        return (int) end;
    }

    private static int indexOf(byte[] data, byte wanted, int start, int end) {
        int at = start;
        while (at < end && data[at] != wanted) {
            at++;
        }
        return at;
    }

    private void add(String keyword, byte[] value, EntryPlace place) throws TarException {
        if (keyword.equals(SPARSE_OFFSET) || keyword.equals(SPARSE_LENGTH)) {
            if (keyword.equals(SPARSE_OFFSET) != (sparseNumbers.size() % 2 == 0)) {
                throw place.refused("offsets and lengths of its sparse map do not alternate");
            }
            sparseNumbers.add(value);
        } else if (keyword.startsWith(XATTR)) {
            if (keyword.length() == XATTR.length()) {
                throw place.refused("an extended attribute has no name");
            }
            xattrs.put(RawPath.of(keyword.substring(XATTR.length()), RawPath.BYTES), value);
        } else {
            values.put(keyword, value);
        }
    }

    /** The value of a keyword; null where there is none, or an empty one. */
    byte @Nullable [] value(String keyword) {
        byte[] value = values.get(keyword);
        return value == null || value.length == 0 ? null : value;
    }

    /** A value as text, for comparisons; empty where there is none. */
    String text(String keyword) {
        return new String(values.getOrDefault(keyword, new byte[0]), StandardCharsets.ISO_8859_1);
    }

    /** A value as a whole number, which may be negative; null where there is none. */
    @Nullable
    Long number(String keyword, EntryPlace place) throws TarException {
        byte[] value = value(keyword);
        if (value == null) {
            return null;
        }
        return NumberField.decimal(value)
                .orElseThrow(() -> place.refused("the record " + keyword + " of its extended header is not a number"));
    }

    /** The extended attributes, empty ones included, by name. */
    Map<RawPath, byte[]> xattrs() {
        return xattrs;
    }

    /** The offsets and lengths of the sparse format 0.0, by turns. */
    List<byte[]> sparseNumbers() {
        return sparseNumbers;
    }

    /** Whether it would change how much data the entries after it have, for a reader that applies it to all of them. */
    boolean changesSizes() {
        return !sparseNumbers.isEmpty()
                || value("size") != null
                || values.keySet().stream().anyMatch(keyword -> keyword.startsWith("GNU.sparse."));
    }
}
