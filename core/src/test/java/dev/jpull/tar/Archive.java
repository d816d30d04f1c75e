// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds archives block by block, right and wrong ones. */
final class Archive {
    static final String USTAR = "ustar\00000";
    static final String GNU = "ustar  \0";
    static final String V7 = "\0\0\0\0\0\0\0\0";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A header block whose fields can be set; its sum is right when it is added. */
    static final class Header {
        private final byte[] block = new byte[512];

        Header(char type, String name) {
            text(0, name).octal(100, 8, 0644).octal(108, 8, 1000).octal(116, 8, 1000);
            octal(124, 12, 0).octal(136, 12, 1_000_000_000);
            block[156] = (byte) type;
            text(257, USTAR);
        }

        Header text(int offset, String text) {
            return bytes(offset, text.getBytes(StandardCharsets.ISO_8859_1));
        }

        Header bytes(int offset, byte... bytes) {
            System.arraycopy(bytes, 0, block, offset, bytes.length);
            return this;
        }

        Header octal(int offset, int length, long value) {
            return text(offset, String.format("%0" + (length - 1) + "o\0", value));
        }

        /** The field in base 256. */
        Header binary(int offset, int length, long value) {
            for (int i = 0; i < length; i++) {
                int shift = 8 * (length - 1 - i);
                block[offset + i] = (byte) (shift > 63 ? value >> 63 : value >> shift);
            }
            block[offset] |= (byte) 0x80;
            return this;
        }

        Header size(long size) {
            return octal(124, 12, size);
        }

        Header link(String link) {
            return text(157, link);
        }

        Header magic(String magic) {
            return text(257, magic);
        }

        byte[] block() {
            byte[] summed = block.clone();
            Arrays.fill(summed, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte b : summed) {
                sum += b & 0xff;
            }
            byte[] field = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(field, 0, summed, 148, 8);
            return summed;
        }
    }

    static Header header(char type, String name) {
        return new Header(type, name);
    }

    Archive add(Header header) {
        return raw(header.block());
    }

    /** A header and its data, whose size is set. */
    Archive add(Header header, String data) {
        return add(header, data.getBytes(StandardCharsets.ISO_8859_1));
    }

    Archive add(Header header, byte[] data) {
        return add(header.size(data.length)).data(data);
    }

    /** Data, padded to whole blocks. */
    Archive data(byte[] data) {
        return raw(data).raw(new byte[BlockInput.padding(data.length)]);
    }

    Archive data(String data) {
        return data(data.getBytes(StandardCharsets.ISO_8859_1));
    }

    Archive file(String name, String data) {
        return add(header('0', name), data);
    }

    /** A PAX header with these keywords and values, by turns. */
    Archive pax(String... records) {
        return add(header('x', "PaxHeaders/x"), records(records));
    }

    static String records(String... records) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < records.length; i += 2) {
            text.append(record(records[i], records[i + 1]));
        }
        return text.toString();
    }

    private static String record(String keyword, String value) {
        String rest = ' ' + keyword + '=' + value + '\n';
        int length = rest.length();
        while ((length + "").length() + rest.length() != length) {
            length = (length + "").length() + rest.length();
        }
        return length + rest;
    }

    Archive longName(String name) {
        return add(header('L', "././@LongLink").magic(GNU), name + '\0');
    }

    Archive longLink(String link) {
        return add(header('K', "././@LongLink").magic(GNU), link + '\0');
    }

    Archive raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** What was added, without an end. */
    byte[] bytes() {
        return out.toByteArray();
    }

    /** What was added, and two blocks of zeros. */
    byte[] ended() {
        return raw(new byte[1024]).bytes();
    }
}
