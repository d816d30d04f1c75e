// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import dev.jpull.text.ForeignText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells formats by their first bytes, as containerd does, and not by the media type, which some builders get wrong. What is
 * neither gzip nor zstd has to look like a tar, so that a format that is not supported is named.
 */
final class FormatDetection {
    /** How many bytes it looks at: one block of a tar. */
    static final int HEAD = 512;

    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int MAGIC = 257;
    private static final int SHOWN = 8;

    /** Formats that are known and not supported; the keys are their first bytes, in hexadecimal. */
    private static final Map<String, String> REFUSED = refused();

    private final byte[] bytes;
    private final int from;
    private final int length;

    /** Looks at the bytes that are available, {@link #HEAD} of them or the whole layer. */
    FormatDetection(CompressedInput in) {
        bytes = in.bytes();
        from = in.position();
        length = Math.min(HEAD, in.available());
    }

    Compression detect() throws DecodeException {
        if (startsWith("1f8b")) {
            return Compression.GZIP;
        }
        if (startsWith("28b52ffd") || isSkippable()) {
            return Compression.ZSTD;
        }
        if (isZero() || isTar()) {
            return Compression.NONE;
        }
        for (Map.Entry<String, String> format : REFUSED.entrySet()) {
            if (startsWith(format.getKey())) {
                throw new DecodeException("the layer is " + format.getValue()
                        + ", which is not supported; have the image built with gzip, zstd or uncompressed layers");
            }
        }
        throw new DecodeException("the layer is neither gzip, zstd nor a tar: it starts with " + start()
                + "; have the image built with gzip, zstd or uncompressed layers");
    }

    /** A zstd stream may start with frames of metadata. */
    private boolean isSkippable() {
        return length >= 4 && (at(0) & 0xf0) == 0x50 && at(1) == 0x2a && at(2) == 0x4d && at(3) == 0x18;
    }

    /** The end of a tar without entries, or nothing. */
    private boolean isZero() {
        for (int i = 0; i < length; i++) {
            if (at(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isTar() {
        if (length < HEAD) {
            return false;
        }
        String magic = new String(bytes, from + MAGIC, 5, StandardCharsets.ISO_8859_1);
        return magic.equals("ustar") || hasChecksum();
    }

    /** A tar from before ustar has no magic number, but a checksum; some writers added signed bytes. */
    private boolean hasChecksum() {
        int unsigned = 0;
        int signed = 0;
        for (int i = 0; i < HEAD; i++) {
            boolean own = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            unsigned += own ? ' ' : at(i);
            signed += own ? ' ' : (byte) at(i);
        }
        int stated = checksum();
        return stated >= 0 && (stated == unsigned || stated == signed);
    }

    private int checksum() {
        int value = -1;
        for (int i = CHECKSUM; i < CHECKSUM + CHECKSUM_LENGTH; i++) {
            int c = at(i);
            if (c >= '0' && c <= '7') {
                value = Math.max(value, 0) * 8 + c - '0';
            } else if (value >= 0 || c != ' ') {
                break;
            }
        }
        return value;
    }

    private int at(int index) {
        return bytes[from + index] & 0xff;
    }

    private boolean startsWith(String hex) {
        return length >= hex.length() / 2
                && HexFormat.of()
                        .formatHex(bytes, from, from + hex.length() / 2)
                        .equals(hex);
    }

    private String start() {
        int shown = Math.min(SHOWN, length);
        String text = new String(bytes, from, shown, StandardCharsets.ISO_8859_1);
        return HexFormat.ofDelimiter(" ").formatHex(bytes, from, from + shown) + " (\"" + ForeignText.message(text)
                + "\")";
    }

    private static Map<String, String> refused() {
        Map<String, String> formats = new LinkedHashMap<>();
        formats.put("425a68", "bzip2");
        formats.put("fd377a585a00", "xz");
        formats.put("4c5a4950", "lzip");
        formats.put("5d0000", "lzma");
        formats.put("504b0304", "a zip");
        formats.put("377abcaf271c", "a 7z archive");
        formats.put("04224d18", "lz4");
        formats.put("1f9d", "compressed with compress (.Z)");
        formats.put("894c5a4f", "lzop");
        formats.put("ff060000734e61507059", "snappy");
        formats.put("7b", "JSON or other text, and not a layer");
        formats.put("3c", "HTML or other text, and not a layer");
        return formats;
    }
}
