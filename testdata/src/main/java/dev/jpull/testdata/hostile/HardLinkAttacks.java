// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;
import static dev.jpull.testdata.hostile.HostileArchive.refused;

import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.util.List;

/** Hard links, which would make a file of the machine a file of the image. */
final class HardLinkAttacks {
    private static final String TEXT = "planted";

    private HardLinkAttacks() {}

    static List<HostileArchive> all(String outside) {
        String canary = outside + "/canary";
        String last = outside.substring(outside.lastIndexOf('/') + 1);
        return List.of(
                refused(
                        "hard-link-absolute",
                        "CVE-2014-9356, CVE-2026-26960, CVE-2026-42497",
                        "a hard link to a file outside by its absolute path",
                        "hard",
                        tar -> tar.hardLink("hard", canary)),
                refused(
                        "hard-link-parents",
                        "CVE-2026-26960, CVE-2026-42497",
                        "a hard link to a file outside by ..",
                        "hard",
                        tar -> tar.hardLink("hard", "../../" + last + "/canary")),
                refused(
                        "hard-link-working-directory",
                        "CVE-2026-50163",
                        "a hard link to a file that is in the working directory of the process",
                        "hard",
                        tar -> tar.hardLink("hard", "pom.xml")),
                refused(
                        "hard-link-through-link",
                        "CVE-2021-21272, GHSA-8xwf class",
                        "a hard link to a file outside through a link",
                        "hard",
                        tar -> tar.symlink("link", outside).hardLink("hard", "link/canary")),
                refused(
                        "layers-hard-link-through-link",
                        "CVE-2021-21272",
                        "a link in one layer, a hard link through it in the next",
                        "hard",
                        tar -> tar.symlink("link", outside),
                        tar -> tar.hardLink("hard", "link/canary")),
                contained(
                        "hard-link-to-link-then-file",
                        "CVE-2026-42497, CVE-2025-45582",
                        "a hard link to a link that leads outside, then a file of its name",
                        new Tree().symlink("s", canary).file("hard", TEXT),
                        tar -> tar.symlink("s", canary).hardLink("hard", "s").file("hard", TEXT)),
                contained(
                        "hard-link-to-link-mode",
                        "CVE-2021-32760, containerd HardlinkSymlinkChmod",
                        "a hard link to a link, with a mode for the file that the link leads to",
                        new Tree().symlink("hard", outside + "/secret").hardLink("s", "hard"),
                        tar -> tar.symlink("s", outside + "/secret")
                                .entry(tar.header('1', "hard").link("s").mode(0666))),
                contained(
                        "hard-link-to-link-attributes",
                        "CVE-2021-32760",
                        "a hard link to a link, with owner, times and attributes for the file that the link leads to",
                        new Tree().symlink("hard", outside + "/secret").hardLink("s", "hard"),
                        tar -> tar.symlink("s", outside + "/secret")
                                .pax("SCHILY.xattr.user.x", "1", "uid", "1", "mtime", "5.5")
                                .hardLink("hard", "s")),
                contained(
                        "hard-link-to-link-unfollowed",
                        "containerd HardlinkSymlinkAbsolute, umoci UnpackHardlink",
                        "a hard link to a link, which is a link as well",
                        new Tree()
                                .dir("etc")
                                .file("etc/passwd", TEXT)
                                .symlink("hard", "/etc/passwd")
                                .hardLink("s", "hard"),
                        tar -> tar.dir("etc")
                                .file("etc/passwd", TEXT)
                                .symlink("s", "/etc/passwd")
                                .hardLink("hard", "/s")),
                contained(
                        "hard-link-to-dangling-link",
                        "containerd HardlinkSymlinkBeforeCreateTarget",
                        "a hard link to a link whose target comes later",
                        new Tree()
                                .dir("etc")
                                .file("etc/passwd", TEXT)
                                .symlink("hard", "/etc/passwd")
                                .hardLink("s", "hard"),
                        tar -> tar.dir("etc")
                                .symlink("s", "/etc/passwd")
                                .hardLink("hard", "s")
                                .file("etc/passwd", TEXT)),
                contained(
                        "hard-link-then-file",
                        "CVE-2026-42497, CVE-2019-16775 class",
                        "a hard link to a file of the image, then a file of its name, which must not change the first",
                        new Tree().file("f", "first").file("hard", TEXT),
                        tar -> tar.file("f", "first").hardLink("hard", "f").file("hard", TEXT)),
                contained(
                        "layers-hard-link-then-file",
                        "CVE-2026-42497",
                        "a hard link in one layer, a file of its name in the next, which must not change the other name",
                        new Tree().file("f", "first").file("hard", TEXT),
                        tar -> tar.file("f", "first").hardLink("hard", "f"),
                        tar -> tar.file("hard", TEXT)),
                contained(
                        "hard-link-inside-by-parents",
                        "containerd HardlinkDirectRelative, HardlinkDownAndOut",
                        "hard links whose .. stop at the root, through links too",
                        new Tree()
                                .dir("etc")
                                .file("etc/passwd", TEXT)
                                .dir("b")
                                .symlink("b/d", "../x/../../../etc")
                                .hardLink("hard1", "etc/passwd")
                                .hardLink("hard2", "etc/passwd"),
                        tar -> tar.dir("etc")
                                .file("etc/passwd", TEXT)
                                .dir("b")
                                .symlink("b/d", "../x/../../../etc")
                                .hardLink("hard1", "../../../etc/passwd")
                                .hardLink("hard2", "/b/d/passwd")),
                contained(
                        "layers-hard-link-inside",
                        "containerd SymlinkOverrideDirectory",
                        "a hard link to a file of the layer below, through a link of the layer below",
                        new Tree()
                                .dir("etc")
                                .file("etc/passwd", TEXT)
                                .symlink("link", "/etc")
                                .hardLink("hard", "etc/passwd"),
                        tar -> tar.dir("etc").file("etc/passwd", TEXT).symlink("link", "/etc"),
                        tar -> tar.hardLink("hard", "link/passwd")),
                refused(
                        "hard-link-itself",
                        "containers/storage",
                        "a hard link to itself",
                        "hard",
                        tar -> tar.hardLink("hard", "hard")),
                refused(
                        "hard-link-directory",
                        "containers/storage",
                        "a hard link to a directory",
                        "hard",
                        tar -> tar.dir("d").hardLink("hard", "d")),
                refused(
                        "hard-link-root",
                        "CVE-2021-29136",
                        "a hard link to the root",
                        "hard",
                        tar -> tar.hardLink("hard", "/")),
                refused(
                        "hard-link-empty",
                        "containers/storage",
                        "a hard link without a target",
                        "hard",
                        tar -> tar.hardLink("hard", "")),
                refused(
                        "hard-link-missing",
                        "umoci UnpackHardlink",
                        "a hard link to what is not there",
                        "hard",
                        tar -> tar.hardLink("hard", "missing")),
                contained(
                        "hard-link-device",
                        "CVE-2014-6408 class: devices",
                        "a hard link to a device, then a file of its name",
                        new Tree().device("dev", 1, 3).file("hard", TEXT),
                        tar -> tar.device("dev", 1, 3).file("hard", TEXT)),
                contained(
                        "hard-link-data",
                        "Go hardlink, CVE-2025-62518 class: two framings",
                        "a hard link with a size in its header, behind which comes the next header",
                        new Tree().file("f", TEXT).hardLink("hard", "f").file("next", TEXT),
                        tar -> tar.file("f", TEXT)
                                .entry(tar.header('1', "hard").link("f").size(RawTar.latin(TEXT).length))
                                .file("next", TEXT)));
    }
}
