// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.IntegrityException;
import dev.jpull.layer.PendingLink;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes hard links of a layer to files of lower layers in the tree of that layer alone. The overlay file system cannot link across
 * trees: the first link to a file is a copy of it, and others lead to the first. The file itself is copied up to its own place as one
 * more link, unless the layer hides or replaces it there.
 *
 * @param layer the layer, for messages
 * @param lower the trees below
 */
record LowerLinks(String layer, LowerTrees lower, NodeCopy nodes) {
    private static final int PRIVATE = 0700;

    /**
     * Makes the links.
     *
     * @param tree the tree of the layer, which has their directories
     * @throws IntegrityException if no lower layer has the target
     */
    void make(OpenDirectory tree, List<PendingLink> links) throws IOException {
        Map<List<RawPath>, RawPath> copies = new HashMap<>();
        for (PendingLink link : links) {
            nodes.requireNotCancelled();
            try (LowerTrees.Found found = lower.find(link.target())) {
                if (found == null) {
                    throw new IntegrityException(layer + " has the hard link " + link.path() + " to " + link.target()
                            + ", which is no file in the layers below: the image is broken, build it again");
                }
                make(tree, link.path(), copies.putIfAbsent(found.names(), link.path()), found);
            }
        }
    }

    private void make(OpenDirectory tree, RawPath path, @Nullable RawPath copy, LowerTrees.Found found)
            throws IOException {
        byte[] name = nameOf(path);
        try (OpenDirectory directory = parentOf(tree, path)) {
            FileStatus before = directory.attributes().status();
            if (copy == null) {
                nodes.copy(found.directory(), found.name().bytes(), found.status(), directory, name);
                copyUp(tree, found, directory, name);
            } else {
                try (OpenDirectory place = parentOf(tree, copy)) {
                    directory.makeLink(name, place, nameOf(copy));
                }
            }
            directory.attributes().setTimes(before.accessed(), before.modified());
        }
    }

    private static byte[] nameOf(RawPath path) {
        List<RawPath> components = path.components();
        return components.get(components.size() - 1).bytes();
    }

    private static OpenDirectory parentOf(OpenDirectory tree, RawPath path) throws IOException {
        List<RawPath> components = path.components();
        OpenDirectory directory = tree.duplicate();
        for (RawPath name : components.subList(0, components.size() - 1)) {
            try (OpenDirectory parent = directory) {
                directory = parent.child(name.bytes());
            }
        }
        return directory;
    }

    /** Makes a file that was copied known by its own name too, with the directories that lead to it. */
    private void copyUp(OpenDirectory tree, LowerTrees.Found found, OpenDirectory place, byte[] copy)
            throws IOException {
        OpenDirectory directory = tree.duplicate();
        try {
            for (int i = 0; i < found.directories().size() - 1; i++) {
                byte[] name = found.names().get(i).bytes();
                FileStatus there = directory.find(name);
                if (LowerTrees.isOpaque(directory) || there != null && !there.isDirectory()) {
                    return; // the layer hides it
                }
                OpenDirectory lowerDirectory = found.directories().get(i + 1);
                try (OpenDirectory parent = directory) {
                    directory = there == null ? copyDirectory(parent, name, lowerDirectory) : parent.child(name);
                }
            }
            byte[] name = found.name().bytes();
            if (!LowerTrees.isOpaque(directory) && directory.find(name) == null) {
                FileStatus before = directory.attributes().status();
                directory.makeLink(name, place, copy);
                directory.attributes().setTimes(before.accessed(), before.modified());
            }
        } finally {
            directory.close();
        }
    }

    private OpenDirectory copyDirectory(OpenDirectory parent, byte[] name, OpenDirectory lowerDirectory)
            throws IOException {
        FileStatus before = parent.attributes().status();
        parent.makeDirectory(name, PRIVATE);
        OpenDirectory child = parent.child(name);
        nodes.copyAttributes(
                lowerDirectory.attributes(),
                lowerDirectory.attributes().status(),
                child.attributes(),
                NodeType.DIRECTORY);
        parent.attributes().setTimes(before.accessed(), before.modified());
        return child;
    }
}
