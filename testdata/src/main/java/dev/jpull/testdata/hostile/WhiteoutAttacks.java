// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.refused;

import dev.jpull.testdata.Tree;
import java.util.List;

/** Whiteouts, which delete. */
final class WhiteoutAttacks {
    private static final String TEXT = "planted";

    private WhiteoutAttacks() {}

    static List<HostileArchive> all(String outside) {
        HostileArchive.Entries etc = tar -> tar.dir("etc").file("etc/passwd", TEXT);
        return List.of(
                refused(
                        "whiteout-root",
                        "containerd WhiteoutRoot",
                        "the root",
                        ".wh..",
                        etc,
                        tar -> tar.file(".wh..", "")),
                refused(
                        "whiteout-root-parent",
                        "containerd WhiteoutRootParent",
                        "the directory above the root",
                        ".wh...",
                        etc,
                        tar -> tar.file(".wh...", "")),
                refused(
                        "whiteout-current",
                        "containerd WhiteoutCurrentDirectory",
                        "the directory that the whiteout is in",
                        "etc/.wh..",
                        etc,
                        tar -> tar.file("etc/.wh..", "")),
                refused(
                        "whiteout-parent",
                        "containerd WhiteoutParent",
                        "the directory above the one that the whiteout is in",
                        "etc/.wh...",
                        etc,
                        tar -> tar.file("etc/.wh...", "")),
                refused(
                        "whiteout-nothing",
                        "containers/storage",
                        "an empty name, which is the directory itself",
                        ".wh.",
                        etc,
                        tar -> tar.file("etc/.wh.", "")),
                refused(
                        "whiteout-component",
                        "containerd WhiteoutDirectoryName",
                        "the name of a whiteout as a directory",
                        ".wh.etc/somefile",
                        etc,
                        tar -> tar.file(".wh.etc/somefile", TEXT)),
                refused(
                        "whiteout-component-parents",
                        "containerd WhiteoutDirectoryName",
                        "the name of a whiteout, then ..",
                        "canary",
                        etc,
                        tar -> tar.file("etc/.wh.x/../../.wh./canary", TEXT)),
                contained(
                        "whiteout-link",
                        "containerd WhiteoutSymlink",
                        "a link, and not what it leads to",
                        new Tree().dir("etc").file("etc/passwd", TEXT),
                        tar -> tar.dir("etc").file("etc/passwd", TEXT).symlink("link", "/etc"),
                        tar -> tar.file(".wh.link", "")),
                contained(
                        "whiteout-outside-link",
                        "CVE-2014-9356",
                        "a link that leads outside, and not what it leads to",
                        new Tree(),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.file(".wh.link", "")),
                contained(
                        "whiteout-through-outside-link",
                        "CVE-2014-9356, containerd WhiteoutSymlinkPath",
                        "a file outside, through a link of the layer below",
                        new Tree().symlink("link", outside),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.file("link/.wh.canary", "")),
                contained(
                        "whiteout-through-link",
                        "containerd WhiteoutSymlinkPath",
                        "a file of the layer below, through a link of the layer below",
                        new Tree().dir("etc").file("etc/passwd", TEXT).symlink("link", "/etc"),
                        tar -> tar.dir("etc")
                                .file("etc/passwd", TEXT)
                                .file("etc/gone", TEXT)
                                .symlink("link", "/etc"),
                        tar -> tar.file("link/.wh.gone", "")),
                contained(
                        "whiteout-through-dangling-link",
                        "containerd WhiteoutDeadSymlinkParent",
                        "a whiteout through a link that leads nowhere",
                        new Tree().dir("etc").file("etc/passwd", TEXT).symlink("link", "/none"),
                        tar -> tar.dir("etc").file("etc/passwd", TEXT).symlink("link", "/none"),
                        tar -> tar.file("link/.wh.etc", "")),
                contained(
                        "whiteout-by-parents",
                        "containerd WhiteoutRelativePath",
                        "a whiteout whose path goes through a directory that is not there, and back",
                        new Tree(),
                        etc,
                        tar -> tar.file("none/../.wh.etc", "")),
                contained(
                        "opaque-root",
                        "umoci unpack.bats",
                        "the content of the root, of lower layers only",
                        new Tree().file("new", TEXT),
                        etc,
                        tar -> tar.file("new", TEXT).file(".wh..wh..opq", "")),
                contained(
                        "opaque-through-outside-link",
                        "CVE-2014-9356",
                        "the content of a directory outside, through a link of the layer below",
                        new Tree().symlink("link", outside),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.file("link/.wh..wh..opq", "")),
                contained(
                        "opaque-replaced-link",
                        "CVE-2014-9356",
                        "an opaque directory in place of a link that leads outside",
                        new Tree().dir("link").file("link/new", TEXT),
                        tar -> tar.symlink("link", outside),
                        tar -> tar.dir("link").file("link/.wh..wh..opq", "").file("link/new", TEXT)),
                contained(
                        "opaque-twice",
                        "containerd opaqueDirs",
                        "two opaque markers of one directory, around a file",
                        new Tree().dir("etc").file("etc/new", TEXT),
                        etc,
                        tar -> tar.dir("etc")
                                .file("etc/.wh..wh..opq", "")
                                .file("etc/new", TEXT)
                                .file("etc/.wh..wh..opq", "")),
                contained(
                        "whiteout-own-layer",
                        "umoci ociWhiteout, OCI layer.md",
                        "whiteouts of files of their own layer, before and behind them",
                        new Tree().file("a", TEXT).file("b", TEXT),
                        tar -> tar.file("a", "old").file("b", "old"),
                        tar -> tar.file("a", TEXT)
                                .file(".wh.a", "")
                                .file(".wh.b", "")
                                .file("b", TEXT)),
                contained(
                        "whiteout-own-directory",
                        "umoci ociWhiteout, CVE-2025-47290 class: whiteouts in parallel unpacking",
                        "a whiteout of a directory that has a new file in the same layer",
                        new Tree().dir("etc").file("etc/new", TEXT),
                        etc,
                        tar -> tar.file("etc/new", TEXT).file(".wh.etc", "")),
                contained(
                        "whiteout-content",
                        "containers/storage",
                        "a whiteout that has content",
                        new Tree(),
                        etc,
                        tar -> tar.file(".wh.etc", "content")),
                contained(
                        "whiteout-missing",
                        "umoci ociWhiteout",
                        "a whiteout of what is not there",
                        new Tree().dir("etc").file("etc/passwd", TEXT),
                        etc,
                        tar -> tar.file(".wh.none", "").file("etc/.wh.none", "").file("no/.wh.no", "")),
                contained(
                        "whiteout-in-lowest-layer",
                        "umoci ociWhiteout",
                        "a whiteout in the lowest layer, which has nothing below",
                        new Tree().dir("etc").file("etc/passwd", TEXT),
                        tar -> tar.file(".wh.canary", "")
                                .dir("etc")
                                .file("etc/passwd", TEXT)
                                .file("etc/.wh..wh..opq", "")),
                contained(
                        "whiteout-below-file",
                        "umoci ociWhiteout",
                        "a whiteout below what is a file in the layer below",
                        new Tree().file("f", TEXT),
                        tar -> tar.file("f", TEXT),
                        tar -> tar.file("f/.wh.x", "")),
                contained(
                        "whiteout-aufs",
                        "containerd whiteoutMetaPrefix",
                        "names that AUFS kept its own data under",
                        new Tree().dir("etc").file("etc/passwd", TEXT),
                        etc,
                        tar -> tar.dir(".wh..wh.plnk")
                                .file(".wh..wh.plnk/1.2", TEXT)
                                .file(".wh..wh.aufs", "")
                                .dir(".wh..wh.orph")),
                contained(
                        "whiteout-as-link",
                        "CVE-2014-9356",
                        "a whiteout that is a link to what is outside",
                        new Tree(),
                        etc,
                        tar -> tar.symlink(".wh.etc", outside)),
                contained(
                        "whiteout-as-directory",
                        "umoci ociWhiteout",
                        "a whiteout that is a directory",
                        new Tree(),
                        etc,
                        tar -> tar.dir(".wh.etc")),
                contained(
                        "whiteout-as-hard-link",
                        "CVE-2026-42497",
                        "a whiteout that is a hard link to what is outside",
                        new Tree(),
                        etc,
                        tar -> tar.hardLink(".wh.etc", outside + "/canary")),
                contained(
                        "whiteout-as-device",
                        "containerd overlay conversion",
                        "a whiteout that is a device",
                        new Tree(),
                        etc,
                        tar -> tar.device(".wh.etc", 1, 3)),
                refused(
                        "whiteout-name-too-long",
                        "containers/storage",
                        "a whiteout of a name that is longer than a name can be",
                        ".wh.nnn",
                        tar -> tar.file(".wh." + "n".repeat(252), "")),
                contained(
                        "overlay-whiteout-device",
                        "containerd parallel unpack, overlayfs",
                        "a device 0/0, which overlayfs takes for a whiteout",
                        new Tree().dir("etc").file("etc/passwd", TEXT).device("d", 0, 0),
                        etc,
                        tar -> tar.device("d", 0, 0)),
                contained(
                        "overlay-xattrs",
                        "CVE-2023-0386, CVE-2021-3493 class: attributes of overlayfs",
                        "attributes by which overlayfs redirects and hides directories",
                        new Tree().dir("etc").file("etc/passwd", TEXT),
                        etc,
                        tar -> tar.pax(
                                        "SCHILY.xattr.trusted.overlay.opaque", "y",
                                        "SCHILY.xattr.trusted.overlay.redirect", "/../..",
                                        "SCHILY.xattr.user.overlay.opaque", "y",
                                        "SCHILY.xattr.user.overlay.redirect", "/../..")
                                .dir("etc")));
    }
}
