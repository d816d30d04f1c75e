// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.refused;

import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.util.List;

/** Symbolic links that later entries, of the same layer or of one above, are to be written through. */
final class LinkAttacks {
    private static final String TEXT = "planted";

    private LinkAttacks() {}

    static List<HostileArchive> all(String outside) {
        String inside = outside.substring(1);
        String last = outside.substring(outside.lastIndexOf('/') + 1);
        return List.of(
                contained(
                        "link-absolute",
                        "containerd SymlinkAbsolute, CVE-2014-6407, GHSA-j6hm-v3x2-qv6j",
                        "a file through an absolute link",
                        new Tree().symlink("link", outside).dirs(inside).file(inside + "/canary", TEXT),
                        tar -> tar.symlink("link", outside).file("link/canary", TEXT)),
                contained(
                        "link-relative",
                        "containerd SymlinkMultipleRelative, CVE-2026-42574 class",
                        "a file through a link of many ..",
                        new Tree().symlink("link", "../../" + last).dir(last).file(last + "/canary", TEXT),
                        tar -> tar.symlink("link", "../../" + last).file("link/canary", TEXT)),
                contained(
                        "link-up-and-out",
                        "containerd SymlinkUpAndOut",
                        "a link that goes down before it goes up",
                        new Tree()
                                .dir("a")
                                .symlink("link", "a/../../" + last)
                                .dir(last)
                                .file(last + "/canary", TEXT),
                        tar -> tar.dir("a").symlink("link", "a/../../" + last).file("link/canary", TEXT)),
                contained(
                        "link-chain",
                        "containerd SymlinkMultipleAbsolute",
                        "a file through a link to a link to a link",
                        new Tree()
                                .symlink("a", "b")
                                .symlink("b", "/c")
                                .symlink("c", outside)
                                .dirs(inside)
                                .file(inside + "/canary", TEXT),
                        tar -> tar.symlink("c", outside)
                                .symlink("b", "/c")
                                .symlink("a", "b")
                                .file("a/canary", TEXT)),
                contained(
                        "link-inside",
                        "umoci SymlinkScoping",
                        "a link whose .. stop at the root",
                        new Tree().symlink("link", "../".repeat(16)).file("canary", TEXT),
                        tar -> tar.symlink("link", "../".repeat(16)).file("link/canary", TEXT)),
                contained(
                        "link-empties-file",
                        "containerd SymlinkEmptyFile",
                        "an empty file through a link, to cut another one off",
                        new Tree().dir("etc").file("etc/passwd", "").symlink("link", "/etc"),
                        tar -> tar.dir("etc")
                                .file("etc/passwd", TEXT)
                                .symlink("link", "/etc")
                                .file("link/passwd", "")),
                refused(
                        "link-loop",
                        "CVE-2021-20206 class: loops",
                        "a file through two links that lead to one another",
                        "a/x",
                        tar -> tar.symlink("a", "b").symlink("b", "a").file("a/x", TEXT)),
                refused(
                        "link-itself",
                        "class: loops",
                        "a file through a link to itself",
                        "a/x",
                        tar -> tar.symlink("a", "a").file("a/x", TEXT)),
                refused(
                        "link-doubling",
                        "CVE-2025-4517, CVE-2025-4330",
                        "links each of which goes through the one before twice, for 2^40 steps",
                        "l40/x",
                        LinkAttacks::doubling),
                contained(
                        "link-replaces-directory",
                        "CVE-2021-32803, CVE-2026-42574",
                        "a directory replaced by a link after it was used, then a file in it",
                        new Tree().symlink("d", outside).dirs(inside).file(inside + "/canary", TEXT),
                        tar -> tar.dir("d")
                                .file("d/first", TEXT)
                                .symlink("d", outside)
                                .file("d/canary", TEXT)),
                contained(
                        "link-replaces-inner-directory",
                        "CVE-2021-37701",
                        "an inner directory replaced by a link while paths below it may be remembered",
                        new Tree().dirs("a/b").symlink("a/b/c", "/..").dir("d").file("d/canary", TEXT),
                        tar -> tar.file("a/b/c/d/first", TEXT)
                                .symlink("a/b/c", "/..")
                                .file("a/b/c/d/canary", TEXT)),
                contained(
                        "link-replaced-by-directory",
                        "CVE-2021-32803",
                        "a link, then a directory of its name, then a file in it",
                        new Tree().dir("d", 0700).file("d/canary", TEXT),
                        tar -> tar.symlink("d", outside).dir("d/", 0700).file("d/canary", TEXT)),
                contained(
                        "link-replaced-by-file",
                        "CVE-2021-21272, CVE-2024-0406",
                        "a link to a file outside, then a file of its name",
                        new Tree().file("f", TEXT),
                        tar -> tar.symlink("f", outside + "/canary").file("f", TEXT)),
                contained(
                        "link-replaced-by-pipe",
                        "CVE-2021-21272",
                        "a link to a file outside, then a pipe of its name",
                        new Tree().fifo("f"),
                        tar -> tar.symlink("f", outside + "/canary").fifo("f")),
                contained(
                        "link-attributes",
                        "CVE-2021-32760, CVE-2013-4420",
                        "a link with a mode, an owner, times and attributes for the file that it leads to",
                        new Tree().symlink("s", outside + "/secret"),
                        tar -> tar.pax("SCHILY.xattr.user.x", "1", "uid", "1", "mtime", "5.5")
                                .entry(tar.header('2', "s")
                                        .link(outside + "/secret")
                                        .mode(0666))),
                contained(
                        "link-directory-attributes",
                        "CVE-2021-32760, CVE-2024-12718",
                        "a directory's mode and time, set at the end, after a link took its place",
                        new Tree().symlink("d", outside),
                        tar -> tar.dir("d", 0777).symlink("d", outside)),
                contained(
                        "link-parent-attributes",
                        "CVE-2024-12718",
                        "modes of directories below a directory that a link replaces",
                        new Tree().symlink("a", ".."),
                        tar -> tar.dir("a", 0777).dir("a/outside", 0777).symlink("a", "..")),
                contained(
                        "layers-link-then-file",
                        "CVE-2014-6407, CVE-2014-9356, GHSA-j6hm-v3x2-qv6j",
                        "a link in one layer, a file through it in the next",
                        new Tree().symlink("link", outside).dirs(inside).file(inside + "/canary", TEXT),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.file("link/canary", TEXT)),
                contained(
                        "layers-link-then-directory",
                        "containerd DirectoryOverrideSymlink",
                        "a link in one layer, a directory of its name with a file in the next",
                        new Tree().dir("link", 0777).file("link/canary", TEXT),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.dir("link/", 0777).file("link/canary", TEXT)),
                contained(
                        "layers-directory-then-link",
                        "containerd SymlinkOverrideDirectory",
                        "a directory in one layer, a link of its name in the next, a file through it in the third",
                        new Tree().symlink("d", outside).dirs(inside).file(inside + "/canary", TEXT),
                        tar -> tar.dir("d").file("d/old", TEXT),
                        tar -> tar.symlink("d", outside),
                        tar -> tar.file("d/canary", TEXT)),
                contained(
                        "layers-link-then-mode",
                        "CVE-2021-32760",
                        "a link in one layer, a directory of its name with another mode in the next",
                        new Tree().dir("link", 0700),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.dir("link", 0700)),
                contained(
                        "layers-link-then-pipe",
                        "CVE-2019-14271 class: links in the lower layer",
                        "a link in one layer, a pipe through it in the next",
                        new Tree().symlink("link", outside).dirs(inside).fifo(inside + "/pipe"),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.fifo("link/pipe")),
                contained(
                        "layers-link-then-link",
                        "CVE-2018-15664 class: links in the lower layer",
                        "a link in one layer, another link through it in the next",
                        new Tree().symlink("link", outside).dirs(inside).symlink(inside + "/canary", "/etc/shadow"),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.symlink("link/canary", "/etc/shadow")),
                contained(
                        "layers-root-link-inner",
                        "CVE-2014-9356",
                        "a link to the root in one layer, a file through it in the next",
                        new Tree().symlink("link", "/").file("canary", TEXT),
                        tar -> tar.symlink("link", "/"),
                        tar -> tar.file("link/../link/canary", TEXT)),
                refused(
                        "layers-loop",
                        "class: loops",
                        "links that lead to one another in one layer, a file through them in the next",
                        "a leads",
                        tar -> tar.symlink("a", "b").symlink("b", "a"),
                        tar -> tar.file("a/x", TEXT)));
    }

    private static void doubling(RawTar tar) {
        tar.dir("l0");
        for (int i = 1; i <= 40; i++) {
            tar.symlink("l" + i, "l" + (i - 1) + "/../l" + (i - 1));
        }
        tar.file("l40/x", TEXT);
    }
}
