// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.refused;

import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.util.List;

/** Names of entries that lead elsewhere, or that no file can have. */
final class PathAttacks {
    private static final String TEXT = "planted";

    private PathAttacks() {}

    static List<HostileArchive> all(String outside) {
        String inside = outside.substring(1);
        return List.of(
                contained(
                        "path-parent",
                        "CVE-2001-1267, CVE-2007-4131, CVE-2018-1002200",
                        "a file one directory up",
                        new Tree().file("canary", TEXT),
                        tar -> tar.file("../canary", TEXT)),
                contained(
                        "path-parent-later",
                        "CVE-2016-6321",
                        "a file that leaves by .. after an inner directory",
                        new Tree().file("canary", TEXT),
                        tar -> tar.file("a/../../../canary", TEXT)),
                contained(
                        "path-many-parents",
                        "umoci SanitiseScoping",
                        "more .. than there are directories",
                        new Tree().dir("etc").file("etc/canary", TEXT),
                        tar -> tar.file("../".repeat(40) + "etc/canary", TEXT)),
                contained(
                        "path-absolute",
                        "CVE-2021-32804",
                        "a file by its absolute path",
                        new Tree().dirs(inside).file(inside + "/canary", TEXT),
                        tar -> tar.file(outside + "/canary", TEXT)),
                contained(
                        "path-absolute-many-slashes",
                        "CVE-2021-32804",
                        "an absolute path that keeps a slash when one is removed",
                        new Tree().dirs(inside).file(inside + "/canary", TEXT),
                        tar -> tar.file("///" + outside + "/canary", TEXT)),
                contained(
                        "path-absolute-parents",
                        "umoci SanitiseScoping",
                        "an absolute path that begins with ..",
                        new Tree().file("canary", TEXT),
                        tar -> tar.file("/../canary", TEXT)),
                contained(
                        "path-parent-directory",
                        "CVE-2021-32760",
                        "the mode of the directory above",
                        new Tree().dir("outside", 0700),
                        tar -> tar.dir("../outside/", 0700)),
                refused(
                        "path-parent-file",
                        "CVE-2021-29136",
                        "a file in place of the directory above",
                        "..",
                        tar -> tar.file("..", TEXT)),
                refused(
                        "path-parent-link",
                        "containerd SymlinkParentDirectory",
                        "a link in place of the directory above",
                        "..",
                        tar -> tar.symlink("..", outside)),
                refused(
                        "path-root-file",
                        "CVE-2021-29136",
                        "a file in place of the root",
                        ".",
                        tar -> tar.file(".", TEXT)),
                refused(
                        "root-link-dot",
                        "CVE-2021-29136",
                        "the root replaced by a link, and a file written through it",
                        ".",
                        tar -> tar.symlink(".", outside).file("canary", TEXT)),
                refused(
                        "root-link-slash",
                        "CVE-2021-29136",
                        "the root replaced by a link, as a slash",
                        "/",
                        tar -> tar.symlink("/", outside).file("canary", TEXT)),
                refused(
                        "root-link-empty",
                        "containerd SymlinkEmptyFilename",
                        "the root replaced by a link with an empty name",
                        "",
                        tar -> tar.symlink("", outside).file("canary", TEXT)),
                refused(
                        "root-link-parents",
                        "CVE-2021-29136",
                        "the root replaced by a link, with a name that only resolves to it",
                        "a/..",
                        tar -> tar.symlink("a/..", outside).file("canary", TEXT)),
                refused(
                        "root-hard-link",
                        "CVE-2021-29136",
                        "the root replaced by a hard link",
                        ".",
                        tar -> tar.hardLink("./", outside + "/canary")),
                refused("root-fifo", "CVE-2021-29136", "the root replaced by a pipe", ".", tar -> tar.fifo("./")),
                contained(
                        "root-mode",
                        "umoci unpack.bats",
                        "the mode of the root, which is set, and of nothing above",
                        new Tree().dir(".", 0750).file("a", TEXT),
                        tar -> tar.dir("./", 0750).file("./a", TEXT)),
                refused(
                        "path-nul",
                        "Go pax-nul-path",
                        "a NUL in a name, where a check and a system call see different names",
                        "entry 1",
                        tar -> tar.pax("path", "a\0../../canary").file("b", TEXT)),
                refused(
                        "link-nul",
                        "Go pax-nul-path",
                        "a NUL in the target of a link",
                        "entry 1",
                        tar -> tar.pax("linkpath", "a\0b").symlink("link", "x")),
                contained(
                        "path-newline",
                        "class: names in logs",
                        "line ends in a name, for a second line in a log",
                        new Tree().dir("a\nb").file("a\nb/c\r\nd", TEXT),
                        tar -> tar.file("a\nb/c\r\nd", TEXT)),
                contained(
                        "path-escape",
                        "class: names on terminals",
                        "escape sequences for the terminal in a name",
                        new Tree().file("\u001b[2J\u001b]0;x\u0007", TEXT),
                        tar -> tar.file("\u001b[2J\u001b]0;x\u0007", TEXT)),
                contained(
                        "path-bidi",
                        "CVE-2021-42574",
                        "characters that turn the direction of text",
                        new Tree().file("a\u202etxt.exe", TEXT),
                        tar -> tar.file("a\u202etxt.exe", TEXT)),
                contained(
                        "path-backslash",
                        "CVE-2021-37713",
                        "backslashes in place of slashes",
                        new Tree().file("..\\..\\canary", TEXT),
                        tar -> tar.file("..\\..\\canary", TEXT)),
                contained(
                        "path-drive",
                        "CVE-2021-37713",
                        "a drive letter",
                        new Tree().dir("C:..").file("C:../canary", TEXT),
                        tar -> tar.file("C:../canary", TEXT)),
                contained(
                        "path-dots",
                        "CVE-2018-1002200",
                        "names of dots that are neither . nor ..",
                        new Tree().dir("...").file(".../....", TEXT).file(".. ", TEXT),
                        tar -> tar.file(".../....", TEXT).file(".. ", TEXT)),
                contained(
                        "path-dot-components",
                        "CVE-2021-29136",
                        "components that mean nothing, for two names of one file",
                        new Tree().dir("a").file("a/b", TEXT),
                        tar -> tar.file("a/b", "old").file(".//./a//././b", TEXT)),
                contained(
                        "path-case",
                        "CVE-2021-37712, CVE-2014-9390",
                        "names that differ by case only",
                        new Tree().symlink("D", outside).dir("d").file("d/canary", TEXT),
                        tar -> tar.symlink("D", outside).file("d/canary", TEXT)),
                contained(
                        "path-normal-forms",
                        "CVE-2021-37712, CVE-2026-23950",
                        "names that differ by Unicode's normal form only",
                        new Tree().symlink("\u00e9", outside).dir("e\u0301").file("e\u0301/canary", TEXT),
                        tar -> tar.symlink("\u00e9", outside).file("e\u0301/canary", TEXT)),
                contained(
                        "path-option",
                        "class: names as arguments",
                        "names that programs take for options",
                        new Tree().file("-rf", TEXT).file("--checkpoint-action=exec=sh", TEXT),
                        tar -> tar.file("-rf", TEXT).file("--checkpoint-action=exec=sh", TEXT)),
                contained(
                        "path-longest-name",
                        "containers/storage",
                        "a component of 255 bytes",
                        new Tree().file("n".repeat(255), TEXT),
                        tar -> tar.file("n".repeat(255), TEXT)),
                refused(
                        "path-name-too-long",
                        "containers/storage",
                        "a component of 256 bytes",
                        "nnnn",
                        tar -> tar.file("n".repeat(256), TEXT)),
                refused(
                        "path-too-long",
                        "CVE-2025-4517",
                        "a path beyond the longest that system calls take",
                        "nnnn",
                        tar -> tar.file(("n".repeat(250) + "/").repeat(20) + "x", TEXT)),
                refused(
                        "path-deep",
                        "class: depth of stacks",
                        "5,000 directories in one another",
                        "d/d/d",
                        tar -> tar.dir("d/".repeat(5000))),
                refused(
                        "path-below-file",
                        "containerd mkparent",
                        "a file below a file",
                        "f/x",
                        tar -> tar.file("f", TEXT).file("f/x", TEXT)),
                contained(
                        "path-slash-file",
                        "Go trailing-slash",
                        "a regular file whose name ends with a slash",
                        new Tree().file("x", TEXT),
                        tar -> tar.file("x/", TEXT)),
                contained(
                        "path-prefix-parent",
                        "CVE-2001-1267",
                        "the .. in the prefix of ustar",
                        new Tree().file("canary", TEXT),
                        tar -> tar.entry(
                                tar.header('0', "canary").prefix("../../..").size(TEXT.length()), RawTar.latin(TEXT))),
                contained(
                        "path-pax-parent",
                        "CVE-2025-62518 class: two names",
                        "a harmless name, and another one in PAX",
                        new Tree().file("canary", TEXT),
                        tar -> tar.pax("path", "../../canary").file("harmless", TEXT)),
                contained(
                        "path-gnu-parent",
                        "CVE-2025-62518 class: two names",
                        "a harmless name, and another one in GNU's form",
                        new Tree().file("canary", TEXT),
                        tar -> tar.longName("../../canary").file("harmless", TEXT)));
    }
}
