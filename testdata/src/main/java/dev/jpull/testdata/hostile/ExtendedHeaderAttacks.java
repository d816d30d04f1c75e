// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.refused;

import dev.jpull.testdata.RawHeader;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.util.List;

/** Extended headers of PAX and GNU tar: sizes that move the frame, numbers and lengths without bound. */
final class ExtendedHeaderAttacks {
    private static final String TEXT = "planted";

    private ExtendedHeaderAttacks() {}

    static List<HostileArchive> all() {
        byte[] hidden = new RawTar().file("hidden", TEXT).bytes();
        return List.of(
                contained(
                        "pax-size-hides",
                        "CVE-2025-62518",
                        "a size of 0 in the header and the true one in PAX: the data is an archive of its own",
                        new Tree().file("f", new String(hidden, java.nio.charset.StandardCharsets.ISO_8859_1)),
                        tar -> tar.pax("size", String.valueOf(hidden.length)).entry(tar.header('0', "f"), hidden)),
                contained(
                        "pax-size-reveals",
                        "CVE-2025-62518",
                        "a size in the header and 0 in PAX: what the header calls data is the next entry",
                        new Tree().file("f", "").file("hidden", TEXT),
                        tar -> tar.pax("size", "0").entry(tar.header('0', "f").size(hidden.length), hidden)),
                contained(
                        "pax-size-long-name",
                        "CVE-2026-53655, GHSA-j5gw-2vrg-8fgx",
                        "a size in PAX before a long name of GNU: it is the file's, not the name's",
                        new Tree().file("long", "x".repeat(1024)),
                        tar -> tar.pax("size", "1024")
                                .longName("long")
                                .entry(tar.header('0', "short"), RawTar.latin("x".repeat(1024)))),
                refused(
                        "pax-size-negative",
                        "CVE-2025-62518",
                        "a negative size in PAX",
                        "size",
                        tar -> tar.pax("size", "-1").file("f", TEXT)),
                refused(
                        "pax-size-no-number",
                        "Go pax-pos-size-file",
                        "a size in PAX that is no number",
                        "size",
                        tar -> tar.pax("size", "0x10").file("f", TEXT)),
                refused(
                        "pax-size-huge",
                        "CVE-2024-26308 class: memory by declared sizes",
                        "a size in PAX that has no 64 bits",
                        "size",
                        tar -> tar.pax("size", "9".repeat(30)).file("f", TEXT)),
                refused(
                        "pax-time-digits",
                        "CVE-2023-42503, CVE-2012-2098",
                        "a time with 300,000 digits",
                        "mtime",
                        tar -> tar.pax("mtime", "1." + "3".repeat(300_000) + "x")
                                .file("f", TEXT)),
                refused(
                        "pax-time-exponent",
                        "CVE-2023-42503",
                        "a time with an exponent of 9,999,999",
                        "mtime",
                        tar -> tar.pax("mtime", "9e9999999").file("f", TEXT)),
                refused(
                        "pax-time-no-number",
                        "Go pax-bad-mtime-file",
                        "a time that is no number",
                        "mtime",
                        tar -> tar.pax("mtime", "yesterday").file("f", TEXT)),
                refused(
                        "pax-owner-huge",
                        "class: numbers out of range",
                        "an owner in PAX that 32 bits turn into root",
                        "uid",
                        tar -> tar.pax("uid", "4294967296").file("f", TEXT)),
                refused(
                        "pax-record-length-wrong",
                        "Go pax-bad-hdr-file, CVE-2018-8009 class",
                        "a record that is longer than the header",
                        "entry 1",
                        tar -> tar.paxRecords(RawTar.latin("99 path=x\n")).file("f", TEXT)),
                refused(
                        "pax-record-length-zero",
                        "CVE-2018-11771 class: endless loops",
                        "a record of no length, which is read for ever",
                        "entry 1",
                        tar -> tar.paxRecords(RawTar.latin("0 path=x\n")).file("f", TEXT)),
                refused(
                        "pax-record-length-huge",
                        "CVE-2024-26308 class: memory by declared sizes",
                        "a record whose length has no 64 bits",
                        "entry 1",
                        tar -> tar.paxRecords(RawTar.latin("9".repeat(40) + " path=x\n"))
                                .file("f", TEXT)),
                refused(
                        "pax-record-no-equals",
                        "Go pax-bad-hdr-file",
                        "a record without an equals sign",
                        "entry 1",
                        tar -> tar.paxRecords(RawTar.latin("8 pathx\n")).file("f", TEXT)),
                refused(
                        "pax-record-no-line-end",
                        "Go pax-bad-hdr-file",
                        "a record without a line end",
                        "entry 1",
                        tar -> tar.paxRecords(RawTar.latin("9 path=xx")).file("f", TEXT)),
                refused(
                        "pax-header-huge",
                        "Go pax-bad-hdr-large, CVE-2022-2879",
                        "an extended header of 8 GiB by its size",
                        "entry 1",
                        tar -> tar.entry(new RawHeader('x').name("x").size((8L << 30) - 1))
                                .file("f", TEXT)),
                refused(
                        "pax-header-large",
                        "CVE-2022-2879",
                        "an extended header of 4 MiB",
                        "entry 1",
                        tar -> tar.pax("comment", "x".repeat(4 << 20)).file("f", TEXT)),
                refused("pax-header-flood", "CVE-2022-2879", "10,000 extended headers in a row", "", tar -> {
                    byte[] one = new RawTar().pax("comment", "x".repeat(200)).bytes();
                    for (int i = 0; i < 10_000; i++) {
                        tar.raw(one);
                    }
                    tar.file("f", TEXT);
                }),
                contained(
                        "pax-global-path",
                        "Go pax-global-records",
                        "a global header that names every entry",
                        new Tree().file("f", TEXT),
                        tar -> tar.globalPax("path", "../../canary").file("f", TEXT)),
                contained(
                        "pax-empty-path",
                        "Go pax-records",
                        "an empty name in PAX, which takes the name in PAX back",
                        new Tree().file("f", TEXT),
                        tar -> tar.pax("path", "").file("f", TEXT)),
                refused(
                        "gnu-long-name-huge",
                        "CVE-2022-2879, CVE-2024-25710 class",
                        "a long name of 2 GiB by its size",
                        "entry 1",
                        tar -> tar.entry(new RawHeader('L')
                                        .gnu()
                                        .name("././@LongLink")
                                        .size(2L << 30))
                                .file("f", TEXT)),
                refused("gnu-long-name-flood", "CVE-2022-2879", "10,000 long names in a row", "", tar -> {
                    byte[] one = new RawTar().longName("x".repeat(200)).bytes();
                    for (int i = 0; i < 10_000; i++) {
                        tar.raw(one);
                    }
                    tar.file("f", TEXT);
                }),
                contained(
                        "gnu-long-link",
                        "Go gnu-multi-hdrs",
                        "a long target of GNU for a link",
                        new Tree().symlink("link", "../".repeat(60) + "etc"),
                        tar -> tar.longLink("../".repeat(60) + "etc").symlink("link", "short")),
                contained(
                        "xattr-huge",
                        "CVE-2023-39804",
                        "an attribute of 100 KiB, more than a file can have",
                        new Tree().file("f", TEXT),
                        tar -> tar.pax("SCHILY.xattr.user.x", "x".repeat(100 << 10))
                                .file("f", TEXT)),
                contained(
                        "xattr-name",
                        "CVE-2023-39804",
                        "attributes with names that no attribute can have",
                        new Tree().file("f", TEXT),
                        tar -> tar.pax("SCHILY.xattr.user." + "n".repeat(300), "x", "SCHILY.xattr.nonsense", "x")
                                .file("f", TEXT)),
                refused(
                        "xattr-no-name",
                        "CVE-2023-39804",
                        "an attribute without a name",
                        "entry 1",
                        tar -> tar.pax("SCHILY.xattr.", "x").file("f", TEXT)),
                refused(
                        "xattr-nul",
                        "Go pax-nul-xattrs",
                        "a NUL in the name of an attribute",
                        "entry 1",
                        tar -> tar.pax("SCHILY.xattr.user.a\0b", "x").file("f", TEXT)));
    }
}
