// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import dev.jpull.text.ForeignText;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path or name as an archive has it: bytes in no known encoding, as a POSIX file system has names. Immutable.
 */
public final class RawPath {
    /** The charset that has a character for each byte, so that no byte is lost. */
    static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final byte[] bytes;

    private RawPath(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A path of these bytes, which are copied. */
    public static RawPath of(byte[] bytes) {
        return new RawPath(bytes.clone());
    }

    /** A path of this text, in UTF-8. */
    public static RawPath of(String text) {
        return new RawPath(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A path of this text, whose characters are in the charset. */
    static RawPath of(String text, Charset charset) {
        return new RawPath(text.getBytes(charset));
    }

    /** The bytes in front of the first NUL, or all of this many when there is none. */
    static RawPath cString(byte[] source, int offset, int length) {
        int end = offset;
        while (end < offset + length && source[end] != 0) {
            end++;
        }
        return new RawPath(Arrays.copyOfRange(source, offset, end));
    }

    /** A character for each byte, in {@link #BYTES}. */
    String text() {
        return new String(bytes, BYTES);
    }

    /** Whether all bytes are ASCII. */
    boolean isAscii() {
        return text().chars().allMatch(c -> c < 0x80);
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The bytes with a NUL at the end, as system calls take a name. */
    public byte[] terminated() {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** How many bytes there are. */
    public int length() {
        return bytes.length;
    }

    /** Whether it starts with a slash. */
    public boolean isAbsolute() {
        return bytes.length > 0 && bytes[0] == '/';
    }

    /** Whether it ends with a slash. */
    public boolean endsWithSlash() {
        return bytes.length > 0 && bytes[bytes.length - 1] == '/';
    }

    /** The parts between slashes, without empty ones and those that are a single dot; {@code ..} stays. */
    public List<RawPath> components() {
        List<RawPath> components = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start && !(i == start + 1 && bytes[start] == '.')) {
                    components.add(new RawPath(Arrays.copyOfRange(bytes, start, i)));
                }
                start = i + 1;
            }
        }
        return components;
    }

    /** Whether the bytes start with this ASCII text. */
    public boolean startsWith(String prefix) {
        return bytes.length >= prefix.length()
                && Arrays.equals(
                        bytes, 0, prefix.length(), prefix.getBytes(StandardCharsets.US_ASCII), 0, prefix.length());
    }

    /** The bytes from this position on. */
    public RawPath from(int start) {
        return new RawPath(Arrays.copyOfRange(bytes, start, bytes.length));
    }

    /** A name below this path; just the name below an empty one. */
    public RawPath child(RawPath name) {
        if (bytes.length == 0) {
            return name;
        }
        byte[] child = Arrays.copyOf(bytes, bytes.length + 1 + name.bytes.length);
        child[bytes.length] = '/';
        System.arraycopy(name.bytes, 0, child, bytes.length + 1, name.bytes.length);
        return new RawPath(child);
    }

    /** Whether the bytes are this ASCII text. */
    public boolean is(String text) {
        return Arrays.equals(bytes, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether there is a NUL, which no name of a file can have. */
    public boolean hasNul() {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RawPath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** One harmless line: UTF-8 where it is that, what is no text escaped or replaced; for messages. */
    @Override
    public String toString() {
        return ForeignText.line(new String(bytes, StandardCharsets.UTF_8));
    }
}
