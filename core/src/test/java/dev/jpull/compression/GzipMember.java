// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Builds one gzip member, byte by byte, with any part wrong that a test wants wrong. */
final class GzipMember {
    private final byte[] content;
    private int level = 6;
    private int flags;
    private byte[] extra = {};
    private byte[] name = {};
    private byte[] comment = {};
    private int crcChange;
    private int sizeChange;
    private int headerCrcChange;
    private int method = 8;
    private byte @Nullable [] deflated;

    private GzipMember(byte[] content) {
        this.content = content;
    }

    static GzipMember of(byte[] content) {
        return new GzipMember(content);
    }

    GzipMember level(int newLevel) {
        level = newLevel;
        return this;
    }

    /** Sets the flags; the fields that they announce are written. */
    GzipMember flags(int newFlags) {
        flags = newFlags;
        return this;
    }

    GzipMember extra(byte[] bytes) {
        extra = bytes;
        return this;
    }

    /** A name without its final zero. */
    GzipMember name(byte[] bytes) {
        name = bytes;
        return this;
    }

    GzipMember comment(byte[] bytes) {
        comment = bytes;
        return this;
    }

    GzipMember wrongCrc() {
        crcChange = 1;
        return this;
    }

    GzipMember wrongSize() {
        sizeChange = 1;
        return this;
    }

    GzipMember wrongHeaderCrc() {
        headerCrcChange = 1;
        return this;
    }

    GzipMember method(int newMethod) {
        method = newMethod;
        return this;
    }

    /** A deflate stream in the place of that of the content. */
    GzipMember deflated(byte[] stream) {
        deflated = stream;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, (byte) method, (byte) flags, 1, 2, 3, 4, 0, 3});
        if ((flags & 4) != 0) {
            number(out, extra.length, 2);
            out.writeBytes(extra);
        }
        if ((flags & 8) != 0) {
            out.writeBytes(name);
            out.write(0);
        }
        if ((flags & 16) != 0) {
            out.writeBytes(comment);
            out.write(0);
        }
        if ((flags & 2) != 0) {
            number(out, crc(out.toByteArray()) + headerCrcChange, 2);
        }
        out.writeBytes(deflated != null ? deflated : deflate());
        number(out, crc(content) + crcChange, 4);
        number(out, content.length + sizeChange, 4);
        return out.toByteArray();
    }

    private byte[] deflate() {
        Deflater deflater = new Deflater(level, true);
        deflater.setInput(content);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static int crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static void number(ByteArrayOutputStream out, int value, int count) {
        for (int i = 0; i < count; i++) {
            out.write(value >> 8 * i);
        }
    }
}
