// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.jspecify.annotations.Nullable;

/**
 * The header block of an entry. Which fields it has depends on its format; the fields of every format, and the place of each, are
 * those of POSIX ustar, of GNU tar and of star.
 */
final class HeaderBlock {
    private static final Field NAME = new Field(0, 100);
    private static final Field MODE = new Field(100, 8);
    private static final Field UID = new Field(108, 8);
    private static final Field GID = new Field(116, 8);
    private static final Field SIZE = new Field(124, 12);
    private static final Field MODIFIED = new Field(136, 12);
    private static final int TYPE = 156;
    private static final Field LINK = new Field(157, 100);
    private static final Field MAGIC = new Field(257, 8);
    private static final Field MAJOR = new Field(329, 8);
    private static final Field MINOR = new Field(337, 8);
    private static final Field PREFIX = new Field(345, 155);
    private static final Field STAR_PREFIX = new Field(345, 131);
    private static final Field STAR_ACCESSED = new Field(476, 12);
    private static final Field STAR_TRAILER = new Field(508, 4);
    private static final Field GNU_ACCESSED = new Field(345, 12);

    private record Field(int offset, int length) {}

    private enum Format {
        V7,
        USTAR,
        STAR,
        GNU
    }

    private final byte[] block;
    private final Format format;
    private final EntryPlace place;

    /** Takes a block, which is not changed from now on, and checks its sum. */
    HeaderBlock(byte[] block, EntryPlace place) throws TarException {
        this.block = block;
        this.place = place;
        if (!hasRightSum(block)) {
            throw place.refused("the header block has a wrong checksum; the archive is damaged, or is no tar archive");
        }
        this.format = format();
    }

    /** Whether the sum is right, over bytes with or without sign: archivers of old wrote either. */
    private static boolean hasRightSum(byte[] block) {
        try {
            return TarUtils.verifyCheckSum(block);
        } catch (IllegalArgumentException noNumber) {
            return false;
        }
    }

    private Format format() {
        if (text(MAGIC, "ustar  \0")) {
            return Format.GNU;
        }
        if (!text(new Field(MAGIC.offset, 6), "ustar\0")) {
            return Format.V7;
        }
        return text(STAR_TRAILER, "tar\0") ? Format.STAR : Format.USTAR;
    }

    private boolean text(Field field, String text) {
        return RawPath.of(Arrays.copyOfRange(block, field.offset, field.offset + field.length))
                .is(text);
    }

    byte[] block() {
        return block;
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    /** Whether it has the fields that only GNU tar knows. */
    boolean isGnu() {
        return format == Format.GNU;
    }

    /** The path, with its prefix. */
    RawPath path() {
        RawPath name = string(NAME);
        RawPath prefix = switch (format) {
            case V7 -> string(new Field(0, 0));
            case USTAR -> string(PREFIX);
            case STAR -> string(STAR_PREFIX);
            case GNU -> gnuPrefix();
        };
        return prefix.length() == 0 ? name : RawPath.of(prefix.text() + '/' + name.text(), RawPath.BYTES);
    }

    /** GNU tar has times where ustar has the prefix; Go before 1.8 wrote a prefix all the same, which is no number then. */
    private RawPath gnuPrefix() {
        boolean number = block[GNU_ACCESSED.offset] == 0
                || NumberField.field(block, GNU_ACCESSED.offset, GNU_ACCESSED.length)
                        .isPresent();
        RawPath prefix = string(PREFIX);
        return number || !prefix.isAscii() ? string(new Field(0, 0)) : prefix;
    }

    RawPath link() {
        return string(LINK);
    }

    private RawPath string(Field field) {
        return RawPath.cString(block, field.offset, field.length);
    }

    long mode() throws TarException {
        return number(MODE, "mode");
    }

    long uid() throws TarException {
        return number(UID, "owner");
    }

    long gid() throws TarException {
        return number(GID, "group");
    }

    /** How many bytes of data follow, padding not counted; not negative. */
    long size() throws TarException {
        long size = number(SIZE, "size");
        if (size < 0) {
            throw place.refused("the size is negative: " + size);
        }
        return size;
    }

    /** Seconds since 1970. */
    long modified() throws TarException {
        return number(MODIFIED, "time of modification");
    }

    /** Seconds since 1970, or null where the block does not say. */
    @Nullable
    Long accessed() {
        Field field = format == Format.STAR ? STAR_ACCESSED : GNU_ACCESSED;
        if (format == Format.V7 || format == Format.USTAR || block[field.offset] == 0) {
            return null;
        }
        var seconds = NumberField.field(block, field.offset, field.length);
        return seconds.isPresent() ? (Long) seconds.getAsLong() : null;
    }

    long major() throws TarException {
        return format == Format.V7 ? 0 : number(MAJOR, "major device number");
    }

    long minor() throws TarException {
        return format == Format.V7 ? 0 : number(MINOR, "minor device number");
    }

    /** A number of a field that only this header has, such as one of the map of a sparse file. */
    long number(int offset, int length, String what) throws TarException {
        return number(new Field(offset, length), what);
    }

    private long number(Field field, String what) throws TarException {
        return NumberField.field(block, field.offset, field.length)
                .orElseThrow(() -> place.refused("the " + what + " is not a number"));
    }
}
