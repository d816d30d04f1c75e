// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.containedBytes;
import static dev.jpull.testdata.hostile.HostileArchive.refusedBytes;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.jpull.testdata.RawHeader;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import dev.jpull.testdata.hostile.HostileArchive.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Compressed layers that are damaged, or grow without bound. */
final class StreamAttacks {
    private static final int MIB = 1 << 20;
    /** How much a bomb grows to, in MiB; far more than the limits that tests set. */
    private static final int BOMB = 512;

    private static final int ENTRIES = 20_000_000;

    private StreamAttacks() {}

    static List<HostileArchive> all() {
        byte[] tar = new RawTar().file("f", "planted").end().bytes();
        byte[] gzip = gzip(tar);
        byte[] zstd = Zstd.compress(tar);
        Tree tree = new Tree().file("f", "planted");
        return List.of(
                refusedBytes(
                        "gzip-bomb",
                        "CVE-2020-1702 class: bombs",
                        "512 MiB of zeros in half a MiB of gzip",
                        "",
                        gzipBomb()),
                refusedBytes(
                        "zstd-bomb",
                        "CVE-2020-1702 class: bombs",
                        "512 MiB of zeros in some KiB of zstd",
                        "",
                        zstdBomb()),
                refusedBytes(
                        "gzip-bomb-behind-end",
                        "CVE-2020-1702 class: bombs",
                        "512 MiB of zeros behind the end of an archive, in gzip",
                        "",
                        joined(gzip, gzipZeros())),
                refusedBytes(
                        "gzip-truncated",
                        "CVE-2019-12402 class",
                        "gzip that ends early",
                        "",
                        Arrays.copyOf(gzip, gzip.length - 12)),
                refusedBytes(
                        "gzip-checksum", "RFC 1952", "gzip whose CRC is wrong", "", changed(gzip, gzip.length - 8)),
                refusedBytes("gzip-size", "RFC 1952", "gzip whose length is wrong", "", changed(gzip, gzip.length - 4)),
                refusedBytes("gzip-flags", "RFC 1952", "gzip with reserved flags", "", changed(gzip, 3, 0xe0)),
                refusedBytes(
                        "gzip-garbage",
                        "Go compress/gzip",
                        "bytes behind the last member of gzip",
                        "",
                        joined(gzip, RawTar.latin("garbage garbage"))),
                refusedBytes("gzip-name", "class: endless headers", "gzip with a name of 8 MiB", "", endlessName()),
                containedBytes(
                        "gzip-members",
                        "JDK-7036144",
                        "an archive over many members of gzip, some of them empty",
                        tree,
                        members(tar)),
                refusedBytes(
                        "zstd-truncated",
                        "zstd golden-decompression-errors",
                        "zstd that ends early",
                        "",
                        Arrays.copyOf(zstd, zstd.length - 3)),
                refusedBytes(
                        "zstd-window",
                        "CVE-2022-4899 class: memory by declared windows",
                        "zstd with a window of 2 GiB",
                        "",
                        new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x00, (byte) (21 << 3), 1, 0, 0}),
                refusedBytes(
                        "zstd-reserved",
                        "zstd golden-decompression-errors",
                        "zstd with the reserved bit",
                        "",
                        changed(zstd, 4, 0x08)),
                refusedBytes(
                        "zstd-dictionary",
                        "zstd golden-decompression-errors",
                        "zstd that needs a dictionary",
                        "",
                        new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x03, 0x30, 1, 2, 3, 4, 1, 0, 0}),
                containedBytes(
                        "zstd-skippable",
                        "zstd golden-decompression",
                        "skippable frames around a frame of zstd",
                        tree,
                        joined(joined(skippable(), zstd), skippable())),
                refusedBytes(
                        "bzip2",
                        "CVE-2010-0405 class",
                        "a format that layers do not have",
                        "bzip2",
                        RawTar.latin("BZh91AY&SY" + "\0".repeat(40))),
                refusedBytes(
                        "xz",
                        "CVE-2024-3094 class",
                        "a format that layers do not have",
                        "xz",
                        RawTar.latin("\u00fd7zXZ\0" + "\0".repeat(40))),
                refusedBytes("gzip-twice", "umoci unpack.bats", "gzip within gzip", "", gzip(gzip)),
                new HostileArchive(
                        "entries-flood",
                        "CVE-2020-1702 class: bombs",
                        "twenty million empty files",
                        new Refused(""),
                        List.of(StreamAttacks::manyEntries)));
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** A file's header, then zeros; one compressed MiB is written as many times as needed, each a member of its own. */
    private static byte[] gzipBomb() {
        return joined(gzip(header()), gzipZeros());
    }

    private static byte[] gzipZeros() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] zeros = gzip(new byte[MIB]);
        for (int i = 0; i < BOMB; i++) {
            out.writeBytes(zeros);
        }
        return out.toByteArray();
    }

    private static byte[] zstdBomb() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zstd = new ZstdOutputStream(out)) {
            zstd.write(header());
            for (int i = 0; i < BOMB; i++) {
                zstd.write(new byte[MIB]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] header() {
        return new RawHeader('0').name("zeros").size((long) BOMB * MIB).block();
    }

    private static byte[] endlessName() {
        byte[] bytes = new byte[8 * MIB];
        Arrays.fill(bytes, (byte) 'n');
        byte[] start = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3};
        System.arraycopy(start, 0, bytes, 0, start.length);
        return bytes;
    }

    private static byte[] members(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < content.length; i += 100) {
            out.writeBytes(gzip(Arrays.copyOfRange(content, i, Math.min(content.length, i + 100))));
            out.writeBytes(gzip(new byte[0]));
        }
        return out.toByteArray();
    }

    private static byte[] skippable() {
        return new byte[] {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
    }

    private static byte[] changed(byte[] bytes, int at) {
        return changed(bytes, at, 0x55);
    }

    private static byte[] changed(byte[] bytes, int at, int bits) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) bits;
        return changed;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Headers of empty files, each made when it is read. */
    private static InputStream manyEntries() {
        return new InputStream() {
            private byte[] block = new byte[0];
            private int position;
            private int count;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (length == 0) {
                    return 0;
                }
                if (position == block.length) {
                    if (count == ENTRIES) {
                        return -1;
                    }
                    block = new RawHeader('0').name("e" + count++).block();
                    position = 0;
                }
                int part = Math.min(length, block.length - position);
                System.arraycopy(block, position, target, offset, part);
                position += part;
                return part;
            }
        };
    }
}
