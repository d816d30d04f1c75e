// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.util.List;

/**
 * Devices, and hard links to devices, that merged layers have and the tree does not have, because they were left out. A hard link
 * of a higher layer to one of them is left out as well. Paths are those in the tree, without links. Not thread-safe.
 */
final class LeftOut {
    private final PendingLinks paths = new PendingLinks();
    private final Omissions omissions = new Omissions();

    boolean has(RawPath path) {
        return paths.target(path) != null;
    }

    void add(RawPath path) throws TarException {
        paths.put(path, PendingLinks.LEFT_OUT);
    }

    /** A layer hides or replaces a path, with all that is below. */
    void gone(RawPath path) {
        if (path.equals(TreePath.ROOT)) {
            paths.clear();
        } else {
            paths.remove(path);
        }
    }

    /** A hard link to something that was left out is left out, too. */
    void omitted(RawPath link) {
        omissions.add(Omission.Kind.DEVICE, link::toString);
    }

    /** The hard links of all layers that were left out. */
    List<Omission> omissions() {
        return omissions.list();
    }
}
