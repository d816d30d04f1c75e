// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers of regular files in tar archives (POSIX ustar): owner 0, mode 0644, no time, so that the same files give the same bytes.
 * A path that does not fit, as that of a sha512 blob, and a size from 8 GiB on are in an extended header before it (pax).
 */
final class TarHeader {
    /** The size of a block in bytes. */
    static final int BLOCK = 512;

    /** How many bytes of zeros end an archive. */
    static final int END = 2 * BLOCK;

    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final long LARGEST_OCTAL = 077777777777L;
    private static final int CHECKSUM = 148;

    private TarHeader() {}

    /** The header of a file, with the extended header before it when that is needed. */
    static byte[] of(String path, long size) {
        Map<String, String> extended = new LinkedHashMap<>();
        if (split(path) < 0) {
            extended.put("path", path);
        }
        if (size > LARGEST_OCTAL) {
            extended.put("size", String.valueOf(size));
        }
        if (extended.isEmpty()) {
            return block(path, size, '0');
        }
        byte[] records = records(extended);
        byte[] before = block("PaxHeaders/" + path.substring(path.lastIndexOf('/') + 1), records.length, 'x');
        byte[] all = Arrays.copyOf(before, 2 * BLOCK + padded(records.length));
        System.arraycopy(records, 0, all, BLOCK, records.length);
        byte[] header = block(path, size > LARGEST_OCTAL ? 0 : size, '0');
        System.arraycopy(header, 0, all, all.length - BLOCK, BLOCK);
        return all;
    }

    /** How many bytes a file has in an archive, with its header and what fills its last block. */
    static long sizeOf(String path, long size) {
        return Math.addExact(Math.addExact(of(path, size).length, size), fillOf(size));
    }

    /** How many bytes follow the content of a file, up to the end of a block. */
    static int fillOf(long size) {
        return (int) (-size & (BLOCK - 1));
    }

    private static int padded(int size) {
        return size + fillOf(size);
    }

    /** Where a path is split into prefix and name; 0 for no prefix, -1 when it does not fit. */
    private static int split(String path) {
        if (path.length() <= NAME) {
            return 0;
        }
        int slash = path.indexOf('/', path.length() - NAME - 1);
        return slash < 0 || slash > PREFIX ? -1 : slash;
    }

    private static byte[] block(String path, long size, char type) {
        byte[] block = new byte[BLOCK];
        int split = split(path);
        String name = split > 0 ? path.substring(split + 1) : path;
        put(block, 0, name.length() > NAME ? name.substring(0, NAME) : name);
        put(block, 100, "0000644");
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        put(block, 124, octal(size, 11));
        put(block, 136, octal(0, 11));
        put(block, CHECKSUM, " ".repeat(8));
        block[156] = (byte) type;
        put(block, 257, "ustar\0" + "00");
        put(block, 329, "0000000");
        put(block, 337, "0000000");
        if (split > 0) {
            put(block, 345, path.substring(0, split));
        }
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        put(block, CHECKSUM, octal(sum, 6) + "\0 ");
        return block;
    }

    private static String octal(long number, int digits) {
        String text = Long.toOctalString(number);
        return "0".repeat(digits - text.length()) + text;
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    private static byte[] records(Map<String, String> values) {
        StringBuilder records = new StringBuilder();
        values.forEach((key, value) -> {
            int rest = key.length() + value.length() + 3;
            int length = rest + String.valueOf(rest).length();
            length = rest + String.valueOf(length).length(); // the length counts its own digits
            records.append(length)
                    .append(' ')
                    .append(key)
                    .append('=')
                    .append(value)
                    .append('\n');
        });
        return records.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
