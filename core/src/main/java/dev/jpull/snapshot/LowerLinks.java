// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.IntegrityException;
import dev.jpull.layer.PendingLink;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;

/**
 * Makes hard links of a layer to files of lower layers in the tree of that layer alone, as the overlay file system does when a link is
 * made in a mount: the file is copied up to its own place, and the link leads to the copy.
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
        for (PendingLink link : links) {
            nodes.requireNotCancelled();
            try (LowerTrees.Found found = lower.find(link.target())) {
                if (found == null) {
                    throw new IntegrityException(layer + " has the hard link " + link.path() + " to " + link.target()
                            + ", which is no file in the layers below: the image is broken, build it again");
                }
                make(tree, link, found);
            }
        }
    }

    private void make(OpenDirectory tree, PendingLink link, LowerTrees.Found found) throws IOException {
        List<RawPath> components = link.path().components();
        byte[] name = components.get(components.size() - 1).bytes();
        try (OpenDirectory directory = descend(tree, components.subList(0, components.size() - 1))) {
            FileStatus before = directory.attributes().status();
            try (OpenDirectory place = copyUp(tree, found)) {
                if (place.attributesOf(found.name().bytes()).status().isDirectory()) {
                    // The layer has a directory where the file was, or below it when that is a symbolic link.
                    nodes.copy(found.directory(), found.name().bytes(), found.status(), directory, name);
                } else {
                    directory.makeLink(name, place, found.name().bytes());
                }
            }
            directory.attributes().setTimes(before.accessed(), before.modified());
        }
    }

    private static OpenDirectory descend(OpenDirectory tree, List<RawPath> names) throws IOException {
        OpenDirectory directory = tree.duplicate();
        for (RawPath name : names) {
            try (OpenDirectory parent = directory) {
                directory = parent.child(name.bytes());
            }
        }
        return directory;
    }

    /** Copies a file, with the directories that lead to it; returns its directory in the tree of the layer. */
    private OpenDirectory copyUp(OpenDirectory tree, LowerTrees.Found found) throws IOException {
        OpenDirectory directory = tree.duplicate();
        try {
            for (int i = 0; i < found.directories().size() - 1; i++) {
                byte[] name = found.names().get(i).bytes();
                try (OpenDirectory parent = directory) {
                    directory = childOrCopy(parent, name, found.directories().get(i + 1));
                }
            }
            if (directory.find(found.name().bytes()) == null) {
                FileStatus before = directory.attributes().status();
                nodes.copy(
                        found.directory(),
                        found.name().bytes(),
                        found.status(),
                        directory,
                        found.name().bytes());
                directory.attributes().setTimes(before.accessed(), before.modified());
            }
            return directory;
        } catch (NotDirectoryException e) {
            throw new IntegrityException(layer + " has a hard link to a file in a directory that it replaces: "
                    + e.getFile() + ": the image is broken, build it again");
        }
    }

    private OpenDirectory childOrCopy(OpenDirectory parent, byte[] name, OpenDirectory lowerDirectory)
            throws IOException {
        try {
            return parent.child(name);
        } catch (NoSuchFileException e) {
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
}
