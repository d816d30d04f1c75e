// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One header block of a tar archive, any field of which may be wrong. Not thread-safe. */
public final class RawHeader {
    /** The size of a block in bytes. */
    public static final int BLOCK = 512;

    private static final int CHECKSUM = 148;
    private static final int MTIME = 136;
    private static final int SIZE = 124;

    private final byte[] block = new byte[BLOCK];
    private boolean checksumIsSet;

    /** A ustar header of this type, owned by 0, modified at 10^9 seconds, with a size of 0. */
    public RawHeader(char type) {
        type(type);
        octal(100, 8, type == '5' ? 0755 : type == '2' ? 0777 : 0644);
        octal(108, 8, 0);
        octal(116, 8, 0);
        octal(SIZE, 12, 0);
        octal(MTIME, 12, 1_000_000_000);
        put(257, "ustar\00000");
    }

    /** Writes these bytes at an offset. */
    public RawHeader put(int offset, byte[] bytes) {
        System.arraycopy(bytes, 0, block, offset, bytes.length);
        return this;
    }

    /** Writes these characters, each one byte, at an offset. */
    public RawHeader put(int offset, String characters) {
        return put(offset, characters.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Writes a field of characters, padded with NUL. */
    public RawHeader field(int offset, int length, String characters) {
        Arrays.fill(block, offset, offset + length, (byte) 0);
        return put(offset, characters);
    }

    /** Writes a number in octal digits, as many as the field holds, with a NUL behind. */
    public RawHeader octal(int offset, int length, long value) {
        String digits = Long.toOctalString(value);
        return field(offset, length, "0".repeat(length - 1 - digits.length()) + digits);
    }

    /** Writes a number in base 256, which may be negative. */
    public RawHeader base256(int offset, int length, BigInteger value) {
        byte[] digits = value.toByteArray();
        Arrays.fill(block, offset, offset + length, value.signum() < 0 ? (byte) 0xff : 0);
        System.arraycopy(digits, 0, block, offset + length - digits.length, digits.length);
        block[offset] |= (byte) 0x80;
        return this;
    }

    /** The name, of at most 100 bytes, in UTF-8. */
    public RawHeader name(String name) {
        return field(0, 100, bytes(name));
    }

    /** The permissions. */
    public RawHeader mode(int mode) {
        return octal(100, 8, mode);
    }

    /** The size in octal digits. */
    public RawHeader size(long size) {
        return octal(SIZE, 12, size);
    }

    /** The size in base 256. */
    public RawHeader bigSize(BigInteger size) {
        return base256(SIZE, 12, size);
    }

    /** The field of the size as these characters. */
    public RawHeader sizeText(String characters) {
        return field(SIZE, 12, characters);
    }

    /** The type. */
    public RawHeader type(char type) {
        block[156] = (byte) type;
        return this;
    }

    /** The target of a link, of at most 100 bytes, in UTF-8. */
    public RawHeader link(String target) {
        return field(157, 100, bytes(target));
    }

    /** The major and minor number of a device, of at most seven octal digits. */
    public RawHeader device(int major, int minor) {
        return octal(329, 8, major).octal(337, 8, minor);
    }

    /** The prefix of the name, of at most 155 bytes. */
    public RawHeader prefix(String prefix) {
        return field(345, 155, bytes(prefix));
    }

    /** Turns the header into one of GNU tar. */
    public RawHeader gnu() {
        return put(257, "ustar  \0");
    }

    /** The field of the checksum as these characters; nothing is computed then. */
    public RawHeader checksum(String characters) {
        checksumIsSet = true;
        return field(CHECKSUM, 8, characters);
    }

    /** The block, with its checksum. */
    public byte[] block() {
        if (!checksumIsSet) {
            Arrays.fill(block, CHECKSUM, CHECKSUM + 8, (byte) ' ');
            int sum = 0;
            for (byte each : block) {
                sum += each & 0xff;
            }
            octal(CHECKSUM, 7, sum);
            block[CHECKSUM + 7] = ' ';
        }
        return block.clone();
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
