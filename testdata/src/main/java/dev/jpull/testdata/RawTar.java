// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes tar archives block by block, also such as no tar writes: any field, any order, any length. Names and contents are
 * text in UTF-8. Not thread-safe.
 */
public final class RawTar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The bytes of a text, one for each character, for what is no UTF-8. */
    public static byte[] latin(String characters) {
        return characters.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A directory with the mode 755. */
    public RawTar dir(String path) {
        return dir(path, 0755);
    }

    /** A directory. */
    public RawTar dir(String path, int mode) {
        return entry(header('5', path).mode(mode));
    }

    /** A file with the mode 644. */
    public RawTar file(String path, String content) {
        return file(path, content, 0644);
    }

    /** A file. */
    public RawTar file(String path, String content, int mode) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return entry(header('0', path).mode(mode).size(bytes.length), bytes);
    }

    /** A symbolic link. */
    public RawTar symlink(String path, String target) {
        return entry(linkHeader('2', path, target));
    }

    /** A hard link. */
    public RawTar hardLink(String path, String target) {
        return entry(linkHeader('1', path, target));
    }

    /** A named pipe. */
    public RawTar fifo(String path) {
        return entry(header('6', path));
    }

    /** A character device. */
    public RawTar device(String path, int major, int minor) {
        return entry(header('3', path).device(major, minor));
    }

    /** A header with its name, which an extended header holds when it is too long; further fields are for the caller. */
    public RawHeader header(char type, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= 100) {
            return new RawHeader(type).name(path);
        }
        pax("path", path);
        return new RawHeader(type).name("long-name");
    }

    private RawHeader linkHeader(char type, String path, String target) {
        if (target.getBytes(StandardCharsets.UTF_8).length <= 100) {
            return header(type, path).link(target);
        }
        paxRecords(latin(record("path", path) + record("linkpath", target)));
        return new RawHeader(type).name("long-name").link("long-link");
    }

    /** A header with nothing behind it. */
    public RawTar entry(RawHeader header) {
        return raw(header.block());
    }

    /** A header with data, padded to whole blocks; the header's size is left as it is. */
    public RawTar entry(RawHeader header, byte[] data) {
        return raw(header.block()).data(data);
    }

    /** Data, padded to whole blocks. */
    public RawTar data(byte[] data) {
        out.writeBytes(data);
        return raw(new byte[(RawHeader.BLOCK - data.length % RawHeader.BLOCK) % RawHeader.BLOCK]);
    }

    /** An extended header of PAX with records of names and values in turn. */
    public RawTar pax(String... namesAndValues) {
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            records.append(record(namesAndValues[i], namesAndValues[i + 1]));
        }
        return paxRecords(latin(records.toString()));
    }

    /** An extended header of PAX with these bytes as its records. */
    public RawTar paxRecords(byte[] records) {
        return entry(new RawHeader('x').name("PaxHeaders/x").size(records.length), records);
    }

    /** A global header of PAX with records of names and values in turn. */
    public RawTar globalPax(String name, String value) {
        byte[] records = latin(record(name, value));
        return entry(new RawHeader('g').name("PaxHeaders/g").size(records.length), records);
    }

    /** A record of PAX with its length, its text in UTF-8; one character of the result is one byte. */
    public static String record(String name, String value) {
        String rest = new String(
                (" " + name + "=" + value + "\n").getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        int length = rest.length();
        int digits = String.valueOf(length).length();
        if (String.valueOf(length + digits).length() > digits) {
            digits++;
        }
        return (length + digits) + rest;
    }

    /** A name in GNU's form for long ones. */
    public RawTar longName(String name) {
        return gnuLong('L', name);
    }

    /** The target of a link in GNU's form for long ones. */
    public RawTar longLink(String target) {
        return gnuLong('K', target);
    }

    private RawTar gnuLong(char type, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return entry(new RawHeader(type).gnu().name("././@LongLink").size(bytes.length), bytes);
    }

    /** These bytes as they are. */
    public RawTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** The two blocks of zeros that end an archive. */
    public RawTar end() {
        return raw(new byte[2 * RawHeader.BLOCK]);
    }

    /** What was written up to now. */
    public byte[] bytes() {
        return out.toByteArray();
    }
}
