// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.refused;

import dev.jpull.testdata.RawHeader;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.math.BigInteger;
import java.util.List;

/** Sparse files: maps without bound, out of order, or beyond the file. */
final class SparseAttacks {
    private static final int MAP = 386;
    private static final int EXTENDED = 482;
    private static final int REAL_SIZE = 483;

    private SparseAttacks() {}

    static List<HostileArchive> all() {
        return List.of(
                contained(
                        "sparse-old",
                        "Go sparse-formats",
                        "a sparse file in GNU's old form",
                        new Tree().file("f", "\0".repeat(1024) + "data" + "\0".repeat(1020)),
                        tar -> tar.entry(
                                old("f", 2048, 4).octal(MAP, 12, 1024).octal(MAP + 12, 12, 4), RawTar.latin("data"))),
                refused(
                        "sparse-old-flood",
                        "CVE-2026-32288",
                        "a map in GNU's old form over 10,000 blocks",
                        "entry 1",
                        SparseAttacks::oldFlood),
                refused(
                        "sparse-old-overlap",
                        "Go issue 10968",
                        "parts of a map that overlap",
                        "entry 1",
                        tar -> tar.entry(
                                old("f", 2048, 8)
                                        .octal(MAP, 12, 100)
                                        .octal(MAP + 12, 12, 4)
                                        .octal(MAP + 24, 12, 102)
                                        .octal(MAP + 36, 12, 4),
                                RawTar.latin("datadata"))),
                refused(
                        "sparse-old-order",
                        "Go issue 10968",
                        "parts of a map that go back",
                        "entry 1",
                        tar -> tar.entry(
                                old("f", 2048, 8)
                                        .octal(MAP, 12, 1000)
                                        .octal(MAP + 12, 12, 4)
                                        .octal(MAP + 24, 12, 0)
                                        .octal(MAP + 36, 12, 4),
                                RawTar.latin("datadata"))),
                refused(
                        "sparse-old-beyond",
                        "CVE-2018-20482 class: maps and sizes",
                        "a part of a map behind the end of the file",
                        "entry 1",
                        tar -> tar.entry(
                                old("f", 100, 4).octal(MAP, 12, 99).octal(MAP + 12, 12, 4), RawTar.latin("data"))),
                refused(
                        "sparse-old-negative",
                        "Go issue 10968",
                        "a part of a map before the start of the file",
                        "entry 1",
                        tar -> tar.entry(
                                old("f", 100, 4)
                                        .base256(MAP, 12, BigInteger.valueOf(-4))
                                        .octal(MAP + 12, 12, 4),
                                RawTar.latin("data"))),
                refused(
                        "sparse-old-overflow",
                        "Go issue 11169",
                        "a part of a map whose end overflows",
                        "entry 1",
                        tar -> tar.entry(
                                old("f", 100, 4)
                                        .base256(MAP, 12, BigInteger.valueOf(Long.MAX_VALUE - 1))
                                        .octal(MAP + 12, 12, 4),
                                RawTar.latin("data"))),
                refused(
                        "sparse-old-sum",
                        "CVE-2018-20482",
                        "a map of more bytes than are stored",
                        "entry 1",
                        tar -> tar.entry(
                                old("f", 1 << 20, 4).octal(MAP, 12, 0).octal(MAP + 12, 12, 100_000),
                                RawTar.latin("data"))),
                refused(
                        "sparse-hole-huge",
                        "CVE-2025-58183 class: real sizes",
                        "a file of 4 EiB that is one hole",
                        "entry 1",
                        tar -> tar.entry(old("f", 0, 0).base256(REAL_SIZE, 12, BigInteger.ONE.shiftLeft(62)))),
                refused(
                        "sparse-1.0-count",
                        "CVE-2025-58183",
                        "a map of 2^60 parts by its first line",
                        "entry 1",
                        tar -> tar.pax(
                                        "GNU.sparse.major", "1",
                                        "GNU.sparse.minor", "0",
                                        "GNU.sparse.name", "f",
                                        "GNU.sparse.realsize", "100")
                                .entry(tar.header('0', "s").size(512), RawTar.latin("1152921504606846976\n0\n"))),
                refused(
                        "sparse-1.0-endless",
                        "CVE-2025-58183",
                        "a map of zeros that does not end within the file",
                        "entry 1",
                        tar -> tar.pax(
                                        "GNU.sparse.major", "1",
                                        "GNU.sparse.minor", "0",
                                        "GNU.sparse.name", "f",
                                        "GNU.sparse.realsize", "100")
                                .entry(
                                        tar.header('0', "s").size(1 << 20),
                                        RawTar.latin("99999\n" + "0\n".repeat(1000) + "0".repeat((1 << 20) - 2006)))),
                refused(
                        "sparse-1.0-digits",
                        "CVE-2023-42503 class: long numbers",
                        "a number of a map that has a million digits",
                        "entry 1",
                        tar -> tar.pax(
                                        "GNU.sparse.major", "1",
                                        "GNU.sparse.minor", "0",
                                        "GNU.sparse.name", "f",
                                        "GNU.sparse.realsize", "100")
                                .entry(tar.header('0', "s").size(1 << 20), RawTar.latin("1".repeat(1 << 20)))),
                refused(
                        "sparse-0.1-odd",
                        "Go sparse-formats",
                        "a map of an odd number of numbers",
                        "entry 1",
                        tar -> tar.pax(
                                        "GNU.sparse.name", "f",
                                        "GNU.sparse.size", "100",
                                        "GNU.sparse.numblocks", "1",
                                        "GNU.sparse.map", "0,4,8")
                                .entry(tar.header('0', "s").size(4), RawTar.latin("data"))),
                refused(
                        "sparse-0.1-beyond",
                        "CVE-2018-20482 class: maps and sizes",
                        "a part of a map behind the end of the file",
                        "entry 1",
                        tar -> tar.pax(
                                        "GNU.sparse.name", "f",
                                        "GNU.sparse.size", "2",
                                        "GNU.sparse.numblocks", "1",
                                        "GNU.sparse.map", "0,4")
                                .entry(tar.header('0', "s").size(4), RawTar.latin("data"))),
                contained(
                        "sparse-name-parent",
                        "CVE-2001-1267",
                        "the name of a sparse file with ..",
                        new Tree().file("canary", "data" + "\0".repeat(96)),
                        tar -> tar.pax(
                                        "GNU.sparse.name", "../../canary",
                                        "GNU.sparse.size", "100",
                                        "GNU.sparse.numblocks", "1",
                                        "GNU.sparse.map", "0,4")
                                .entry(tar.header('0', "s").size(4), RawTar.latin("data"))));
    }

    private static RawHeader old(String name, long realSize, long stored) {
        return new RawHeader('S').gnu().name(name).size(stored).octal(REAL_SIZE, 12, realSize);
    }

    private static void oldFlood(RawTar tar) {
        tar.entry(old("f", 1L << 30, 0).put(EXTENDED, "\1"));
        byte[] block = new byte[RawHeader.BLOCK];
        for (int i = 0; i < 21; i++) {
            System.arraycopy(RawTar.latin(("0".repeat(11) + "\0").repeat(2)), 0, block, 24 * i, 24);
        }
        block[504] = 1;
        for (int i = 0; i < 10_000; i++) {
            tar.raw(block);
        }
    }
}
