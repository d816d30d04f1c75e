// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which directories of a layer have markers of whiteouts, or lead to one. Beyond a number it answers yes for each: the answer saves
 * work and decides nothing. Not thread-safe.
 */
public final class MarkedDirectories {
    private static final int MAX_SIZE = 10_000;
    private static final int MAX_BYTES = 1 << 20;

    private final Set<RawPath> paths = new HashSet<>();
    private int bytes;
    private boolean all;

    MarkedDirectories() {}

    /** A directory has a marker. */
    void add(RawPath directory) {
        byte[] path = directory.bytes();
        for (int end = path.length; end >= 0 && !all; end--) {
            if (end == 0 || end == path.length || path[end] == '/') {
                if (!paths.add(RawPath.of(Arrays.copyOf(path, end)))) {
                    return; // those above are there as well
                }
                bytes += end;
                all = paths.size() > MAX_SIZE || bytes > MAX_BYTES;
            }
        }
        if (all) {
            paths.clear();
        }
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return !all && paths.isEmpty();
    }

    /** Whether a directory has a marker, or one below does. */
    boolean contains(RawPath directory) {
        return all || paths.contains(directory);
    }

    /** The names of directories in another that have a marker, or lead to one. */
    List<RawPath> childrenOf(TreeDirectory directory) throws IOException {
        List<RawPath> children = new ArrayList<>();
        DirectoryListing listing = directory.open().list();
        List<DirectoryListing.Entry> batch;
        while (!(batch = listing.next()).isEmpty()) {
            for (DirectoryListing.Entry entry : batch) {
                RawPath name = RawPath.of(entry.name());
                if (!Boolean.FALSE.equals(entry.directory()) && contains(directory.childPath(name))) {
                    FileStatus status = directory.open().find(name.bytes());
                    if (status != null && status.isDirectory()) {
                        children.add(name);
                    }
                }
            }
        }
        return children;
    }
}
