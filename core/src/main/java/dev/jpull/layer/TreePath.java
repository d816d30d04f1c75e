// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import java.util.Arrays;
import java.util.List;

/** Paths within a tree in their one form: names with single slashes between; the root is empty. */
final class TreePath {
    static final RawPath ROOT = RawPath.of("");

    private TreePath() {}

    static RawPath of(List<RawPath> names) {
        RawPath path = ROOT;
        for (RawPath name : names) {
            path = path.child(name);
        }
        return path;
    }

    /** Whether a path is another, or below it. */
    static boolean isWithin(RawPath path, RawPath ancestor) {
        byte[] inner = path.bytes();
        byte[] outer = ancestor.bytes();
        return outer.length == 0
                || inner.length >= outer.length
                        && Arrays.equals(inner, 0, outer.length, outer, 0, outer.length)
                        && (inner.length == outer.length || inner[outer.length] == '/');
    }
}
