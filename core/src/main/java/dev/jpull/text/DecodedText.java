// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a text in UTF-8, ASCII letters in lower case, and where each byte comes from in the text. A view with escapes
 * undone maps to the same text.
 */
final class DecodedText {
    private static final String[] ENTITIES = {"amp;&", "lt;<", "gt;>", "quot;\"", "apos;'"};
    private static final int MAX_ENTITY_DIGITS = 8;

    private byte[] bytes;
    private int[] starts;
    private int length;

    private DecodedText(int capacity) {
        bytes = new byte[capacity];
        starts = new int[capacity + 1];
    }

    /** The text as it is. */
    static DecodedText of(String text) {
        DecodedText plain = new DecodedText(text.length());
        int next;
        for (int at = 0; at < text.length(); at = next) {
            int c = text.codePointAt(at);
            next = at + Character.charCount(c);
            plain.put(c, at);
        }
        plain.starts[plain.length] = text.length();
        return plain;
    }

    int length() {
        return length;
    }

    byte at(int index) {
        return bytes[index];
    }

    /** Where a byte comes from in the text; the length of the text for the end. */
    int start(int index) {
        return starts[index];
    }

    /** Whether any escape may be in it. */
    boolean hasEscapes() {
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '%' || bytes[i] == '\\' || bytes[i] == '&' || bytes[i] == '+') {
                return true;
            }
        }
        return false;
    }

    /**
     * The view with the escapes of URLs, JSON and HTML undone.
     *
     * @param form whether a plus sign stands for a blank, as in forms
     */
    DecodedText undone(boolean form) {
        DecodedText undone = new DecodedText(length);
        int at = 0;
        while (at < length) {
            byte c = bytes[at];
            int taken = c == '%'
                    ? undone.putPercent(this, at)
                    : c == '\\' ? undone.putBackslash(this, at) : c == '&' ? undone.putEntity(this, at) : 0;
            if (taken == 0) {
                undone.putByte(form && c == '+' ? (byte) ' ' : c, starts[at]);
                taken = 1;
            }
            at += taken;
        }
        undone.starts[undone.length] = starts[length];
        return undone;
    }

    private int putPercent(DecodedText from, int at) {
        int value = from.hex(at + 1, 2);
        if (value < 0) {
            return 0;
        }
        putByte((byte) value, from.starts[at]);
        return 3;
    }

    private int putBackslash(DecodedText from, int at) {
        if (at + 1 >= from.length) {
            return 0;
        }
        switch (from.bytes[at + 1]) {
            case '"', '\\', '/', '\'' -> putByte(from.bytes[at + 1], from.starts[at]);
            case 'n' -> putByte((byte) '\n', from.starts[at]);
            case 'r' -> putByte((byte) '\r', from.starts[at]);
            case 't' -> putByte((byte) '\t', from.starts[at]);
            case 'u' -> {
                return putUnicode(from, at);
            }
            default -> {
                return 0;
            }
        }
        return 2;
    }

    private int putUnicode(DecodedText from, int at) {
        int unit = from.hex(at + 2, 4);
        if (unit < 0) {
            return 0;
        }
        boolean pair = Character.isHighSurrogate((char) unit)
                && at + 7 < from.length
                && from.bytes[at + 6] == '\\'
                && from.bytes[at + 7] == 'u';
        int low = pair ? from.hex(at + 8, 4) : -1;
        if (low >= 0 && Character.isLowSurrogate((char) low)) {
            put(Character.toCodePoint((char) unit, (char) low), from.starts[at]);
            return 12;
        }
        put(unit, from.starts[at]);
        return 6;
    }

    private int putEntity(DecodedText from, int at) {
        if (at + 2 < from.length && from.bytes[at + 1] == '#') {
            boolean hex = from.bytes[at + 2] == 'x';
            int first = at + (hex ? 3 : 2);
            int end = first;
            int value = 0;
            while (end < from.length && end - first < MAX_ENTITY_DIGITS && digit(from.bytes[end], hex ? 16 : 10) >= 0) {
                value = value * (hex ? 16 : 10) + digit(from.bytes[end], hex ? 16 : 10);
                end++;
            }
            if (end == first || !Character.isValidCodePoint(value)) {
                return 0;
            }
            put(value, from.starts[at]);
            return end - at + (end < from.length && from.bytes[end] == ';' ? 1 : 0);
        }
        for (String entity : ENTITIES) {
            int size = entity.length() - 1;
            if (from.has(at + 1, entity, size)) {
                putByte((byte) entity.charAt(size), from.starts[at]);
                return size + 1;
            }
        }
        return 0;
    }

    private boolean has(int at, String name, int size) {
        for (int i = 0; i < size; i++) {
            if (at + i >= length || bytes[at + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int hex(int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = i < length ? digit(bytes[i], 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private static int digit(byte c, int radix) {
        return c < 0 ? -1 : Character.digit(c, radix);
    }

    private void put(int codePoint, int start) {
        if (codePoint < 0x80) {
            putByte((byte) codePoint, start);
            return;
        }
        boolean whole = codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE;
        String text = whole ? Character.toString(codePoint) : "\uFFFD";
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            putByte(each, start);
        }
    }

    private void putByte(byte value, int start) {
        if (length == bytes.length) {
            int capacity = length * 2 + 16;
            bytes = Arrays.copyOf(bytes, capacity);
            starts = Arrays.copyOf(starts, capacity + 1);
        }
        bytes[length] = fold(value);
        starts[length] = start;
        length++;
    }

    /** Letters in lower case: host names lose their case on the way. */
    static byte fold(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
    }
}
