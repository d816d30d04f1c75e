// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.hostile;

import static dev.jpull.testdata.hostile.HostileArchive.contained;

import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import java.util.ArrayList;
import java.util.List;

/** Modes, devices and pipes, and entries that replace one another. */
final class AttributeAttacks {
    private static final String TEXT = "planted";

    private AttributeAttacks() {}

    static List<HostileArchive> all(String outside) {
        List<HostileArchive> archives = new ArrayList<>(List.of(
                contained(
                        "set-user-id",
                        "CVE-2021-41103 class: set-user-ID files of images",
                        "a program that runs as root; kept where owners are kept, else without the bit",
                        new Tree().file("su", TEXT, 04755).file("write", TEXT, 02755),
                        tar -> tar.file("su", TEXT, 04755).file("write", TEXT, 02755)),
                contained(
                        "set-user-id-replaced",
                        "CVE-2021-32760 class: modes of other files",
                        "a set-user-ID file, then a file of its name without the bit",
                        new Tree().file("su", "harmless", 0755),
                        tar -> tar.file("su", TEXT, 04755).file("su", "harmless", 0755)),
                contained(
                        "set-group-id-directory",
                        "CVE-2018-15664 class",
                        "a directory that gives its group to what is created in it",
                        new Tree().dir("d", 02775).file("d/f", TEXT).dir("d/d"),
                        tar -> tar.dir("d", 02775).file("d/f", TEXT).dir("d/d")),
                contained(
                        "directory-read-only",
                        "umoci unpack.bats",
                        "a directory that cannot be written to, then a file in it",
                        new Tree().dir("d", 0555).file("d/f", TEXT),
                        tar -> tar.dir("d", 0555).file("d/f", TEXT)),
                contained(
                        "layers-directory-read-only",
                        "umoci unpack.bats",
                        "a directory that cannot be written to in one layer, a file in it in the next",
                        new Tree()
                                .dir("d", 0555)
                                .dir("d/e", 0555)
                                .file("d/e/f", TEXT)
                                .file("d/new", TEXT),
                        tar -> tar.dir("d", 0555)
                                .dir("d/e", 0555)
                                .file("d/e/f", TEXT)
                                .file("d/gone", TEXT),
                        tar -> tar.dir("d", 0555).file("d/new", TEXT).file("d/.wh.gone", "")),
                contained(
                        "layers-directory-no-access",
                        "umoci unpack.bats",
                        "a directory that cannot be entered, removed by the next layer",
                        new Tree(),
                        tar -> tar.dir("d", 0).dir("d/e", 0).file("d/e/f", TEXT, 0),
                        tar -> tar.file(".wh.d", "")),
                contained(
                        "devices",
                        "CVE-2014-6408 class: devices of images",
                        "devices of memory and disks; there as root, reported where they are not possible",
                        new Tree().dir("dev").device("dev/mem", 1, 1).device("dev/null", 1, 3),
                        tar -> tar.dir("dev").device("dev/mem", 1, 1).device("dev/null", 1, 3)),
                contained(
                        "device-then-file",
                        "CVE-2014-6408 class: devices of images",
                        "a device, then a file of its name, whose content must not go to the device",
                        new Tree().file("null", TEXT),
                        tar -> tar.device("null", 1, 3).file("null", TEXT)),
                contained(
                        "pipe-then-file",
                        "CVE-2020-1702 class: waits",
                        "a pipe, then a file of its name: opening the pipe would wait for ever",
                        new Tree().file("pipe", TEXT),
                        tar -> tar.fifo("pipe").file("pipe", TEXT)),
                contained(
                        "layers-pipe-then-file",
                        "CVE-2020-1702 class: waits",
                        "a pipe in one layer, a file of its name in the next",
                        new Tree().file("pipe", TEXT),
                        tar -> tar.fifo("pipe"),
                        tar -> tar.file("pipe", TEXT)),
                contained(
                        "layers-hard-link-device-names",
                        "containerd parallel unpack",
                        "directories, files and links of one name in three layers",
                        new Tree().symlink("x", "y").dir("y").file("y/f", TEXT),
                        tar -> tar.dir("x").file("x/f", "old"),
                        tar -> tar.file("x", "old").symlink("y", "x"),
                        tar -> tar.symlink("x", "y").dir("y").file("y/f", TEXT)),
                contained(
                        "layer-error-is-not-lost",
                        "containerd parallel unpack",
                        "an empty layer between two others",
                        new Tree().file("a", TEXT).file("b", TEXT),
                        tar -> tar.file("a", TEXT),
                        tar -> {},
                        tar -> tar.file("b", TEXT))));
        archives.add(pairs("duplicates", "two entries of one name, of every two types", outside, false));
        archives.add(
                pairs("layers-duplicates", "entries of one name in two layers, of every two types", outside, true));
        return archives;
    }

    /** A type of entry, with what remains of it. */
    private record Kind(String name) {
        void write(RawTar tar, String path, String outside, String text) {
            switch (name) {
                case "file" -> tar.file(path, text);
                case "directory" -> tar.dir(path);
                case "full" -> tar.dir(path).file(path + "/" + text, text);
                case "symlink" -> tar.symlink(path, outside);
                case "hard" -> tar.hardLink(path, "target");
                case "pipe" -> tar.fifo(path);
                default -> tar.device(path, 1, 3);
            }
        }

        boolean isDirectory() {
            return name.equals("directory") || name.equals("full");
        }

        void expect(Tree tree, String path, String outside, String text) {
            switch (name) {
                case "file" -> tree.file(path, text);
                case "directory" -> tree.dir(path);
                case "full" -> tree.dir(path).file(path + "/" + text, text);
                case "symlink" -> tree.symlink(path, outside);
                case "hard" -> tree.hardLink(path, "a-target");
                case "pipe" -> tree.fifo(path);
                default -> tree.device(path, 1, 3);
            }
        }
    }

    private static HostileArchive pairs(String id, String attack, String outside, boolean inTwoLayers) {
        List<Kind> kinds = List.of("file", "directory", "full", "symlink", "hard", "pipe", "device").stream()
                .map(Kind::new)
                .toList();
        // The first name of the inode that hard links share, so that they are told apart from the others in a listing.
        Tree tree = new Tree().file("a-target", TEXT).hardLink("target", "a-target");
        HostileArchive.Entries base = tar -> tar.file("a-target", TEXT).hardLink("target", "a-target");
        List<HostileArchive.Entries> first = new ArrayList<>();
        List<HostileArchive.Entries> second = new ArrayList<>();
        for (Kind one : kinds) {
            for (Kind other : kinds) {
                String path = one.name() + "-" + other.name();
                first.add(tar -> one.write(tar, path, outside, "old"));
                second.add(tar -> other.write(tar, path, outside, "new"));
                if (one.name().equals("full") && other.isDirectory()) {
                    one.expect(tree, path, outside, "old");
                }
                other.expect(tree, path, outside, "new");
            }
        }
        String source = "CVE-2021-32803, CVE-2026-42574 class: one name twice";
        if (inTwoLayers) {
            return contained(
                    id,
                    source,
                    attack,
                    tree,
                    tar -> {
                        base.write(tar);
                        first.forEach(each -> each.write(tar));
                    },
                    tar -> second.forEach(each -> each.write(tar)));
        }
        return contained(id, source, attack, tree, tar -> {
            base.write(tar);
            for (int i = 0; i < first.size(); i++) {
                first.get(i).write(tar);
                second.get(i).write(tar);
            }
        });
    }
}
