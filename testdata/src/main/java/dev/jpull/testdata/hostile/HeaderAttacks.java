// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.containedBytes;
import static dev.jpull.testdata.hostile.HostileArchive.refused;
import static dev.jpull.testdata.hostile.HostileArchive.refusedBytes;

import dev.jpull.testdata.RawHeader;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Headers with numbers that are out of range, wrong checksums, and archives that end where they must not. */
final class HeaderAttacks {
    private static final String TEXT = "planted";
    private static final byte[] DATA = RawTar.latin(TEXT);
    private static final BigInteger HUGE = BigInteger.ONE.shiftLeft(62);

    private HeaderAttacks() {}

    static List<HostileArchive> all() {
        byte[] whole =
                new RawTar().file("a", "1").file("b", "x".repeat(600)).end().bytes();
        return List.of(
                refused(
                        "size-negative",
                        "Go neg-size",
                        "a negative size",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").bigSize(BigInteger.valueOf(-512)))),
                refused(
                        "size-huge",
                        "CVE-2021-35517, CVE-2024-26308 class: memory by declared sizes",
                        "a size of 4 EiB",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").bigSize(HUGE), DATA)),
                refused(
                        "size-overflow",
                        "Go issue 10968",
                        "a size of 2^80, which has no 64 bits",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").bigSize(BigInteger.ONE.shiftLeft(80)), DATA)),
                refused(
                        "size-rounding",
                        "Go issue 11169",
                        "the largest size, which overflows when it is rounded up to whole blocks",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").bigSize(BigInteger.valueOf(Long.MAX_VALUE)), DATA)),
                refused(
                        "size-no-number",
                        "Go issue 12435",
                        "a size that is no number",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").sizeText("-00000000001"), DATA)),
                refused(
                        "size-beyond-end",
                        "CVE-2019-12402 class: reading on at the end",
                        "a size of 50 MiB, of which there are seven bytes",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").size(50 << 20), DATA)),
                refused(
                        "owner-negative",
                        "class: numbers out of range",
                        "a negative owner, which sign extension turns into root",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").base256(108, 8, BigInteger.valueOf(-1)))),
                refused(
                        "owner-unchanged",
                        "class: numbers out of range",
                        "the owner 2^32-1, which chown takes for none",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").base256(108, 8, BigInteger.valueOf(0xffffffffL)))),
                refused(
                        "owner-wraps",
                        "class: numbers out of range",
                        "the group 2^32, which 32 bits turn into root",
                        "entry 1",
                        tar -> tar.entry(tar.header('0', "f").base256(116, 8, BigInteger.valueOf(1L << 32)))),
                contained(
                        "mode-type-bits",
                        "class: numbers out of range",
                        "bits of the mode that stand for the type of a file",
                        new Tree().file("f", "", 0644),
                        tar -> tar.entry(tar.header('0', "f").octal(100, 8, 0120644))),
                contained(
                        "time-before-1970",
                        "Go ustar.issue12594",
                        "a time before 1970",
                        new Tree().file("f", ""),
                        tar -> tar.entry(tar.header('0', "f").base256(136, 12, BigInteger.valueOf(-1_000_000)))),
                refused(
                        "device-huge",
                        "class: numbers out of range",
                        "a device number that wraps to another device",
                        "entry 1",
                        tar -> tar.entry(tar.header('3', "dev").base256(329, 8, BigInteger.valueOf((1L << 32) + 1)))),
                refused(
                        "device-negative",
                        "class: numbers out of range",
                        "a negative device number",
                        "entry 1",
                        tar -> tar.entry(tar.header('3', "dev").base256(337, 8, BigInteger.valueOf(-1)))),
                refused(
                        "checksum-wrong",
                        "CVE-2006-0300 class: damaged headers",
                        "a header whose checksum is wrong",
                        "",
                        tar -> tar.entry(tar.header('0', "f").checksum("000001\0 "))),
                refused(
                        "checksum-no-number",
                        "CVE-2022-48303",
                        "a checksum that is no number",
                        "",
                        tar -> tar.entry(
                                tar.header('0', "f").checksum("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"))),
                refusedBytes(
                        "truncated-header",
                        "Go hdr-only",
                        "an archive that ends within a header",
                        "",
                        Arrays.copyOf(whole, 1024 + 100)),
                refusedBytes(
                        "truncated-data",
                        "CVE-2019-12402 class: reading on at the end",
                        "an archive that ends within a file",
                        "b",
                        Arrays.copyOf(whole, 1024 + 512 + 300)),
                containedBytes(
                        "truncated-end",
                        "Go file-and-dir",
                        "an archive without the blocks of zeros at its end",
                        new Tree().file("a", "1").file("b", "x".repeat(600)),
                        Arrays.copyOf(whole, whole.length - 1024)),
                containedBytes("empty", "umoci unpack.bats", "an archive without any byte", new Tree(), new byte[0]),
                refusedBytes("noise", "class: fuzzing", "bytes that are no archive", "", noise()),
                contained(
                        "behind-the-end",
                        "class: two readings",
                        "entries behind the blocks of zeros, which some programs read on",
                        new Tree().file("f", TEXT),
                        tar -> tar.file("f", TEXT).end().file("hidden", TEXT)),
                refused(
                        "type-unknown",
                        "containerd TestApply, class: two readings",
                        "an entry of an unknown type, whose data looks like a header",
                        "unknown",
                        tar -> tar.entry(
                                        tar.header('Q', "unknown").size(RawHeader.BLOCK),
                                        tar.header('0', "hidden").block())
                                .file("f", TEXT)),
                contained(
                        "type-old-directory",
                        "Go trailing-slash",
                        "a directory in the form of the first tar, a file with a slash",
                        new Tree().dir("d").file("d/f", TEXT),
                        tar -> tar.entry(new RawHeader('\0')
                                        .name("d/")
                                        .mode(0755)
                                        .put(257, "\0\0\0\0\0\0\0\0"))
                                .file("d/f", TEXT)));
    }

    private static byte[] noise() {
        byte[] noise = new byte[4096];
        new Random(1).nextBytes(noise);
        return noise;
    }
}
