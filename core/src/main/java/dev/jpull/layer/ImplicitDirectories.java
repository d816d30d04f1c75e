// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.FileStatus;
import dev.jpull.tar.TarException;

/**
 * The directories of a layer that have no entry of their own: those of the layer below keep their attributes where they are. Not
 * thread-safe.
 */
public final class ImplicitDirectories {
    private static final int MAX_SIZE = 1_000_000;

    private final InodeSet inodes = new InodeSet();

    ImplicitDirectories() {}

    void add(long inode) throws TarException {
        inodes.add(inode);
        if (inodes.size() > MAX_SIZE) {
            throw new TarException("more than " + MAX_SIZE + " directories have no entries of their own");
        }
    }

    /** A directory of the staging is made without an entry. */
    public void add(FileStatus directory) throws TarException {
        add(directory.inode());
    }

    /** A directory of the staging gets what an entry of the layer says. */
    public void remove(FileStatus directory) {
        remove(directory.inode());
    }

    void remove(long inode) {
        inodes.remove(inode);
    }

    /** Whether there is one at all. */
    public boolean isEmpty() {
        return inodes.size() == 0;
    }

    /** Whether this directory of the staging has no entry. */
    public boolean contains(FileStatus directory) {
        return contains(directory.inode());
    }

    boolean contains(long inode) {
        return inodes.contains(inode);
    }
}
