// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.Attributes;
import dev.jpull.posix.FileStatus;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Gives a directory the attributes of another: owner, mode, times, and those extended attributes that layers have. */
final class DirectoryAttributes {
    private DirectoryAttributes() {}

    /**
     * Copies them.
     *
     * @param from the directory that has them
     * @param status what it had before something was done in it
     * @param into gets mode and times when it is closed
     */
    static void copy(Attributes from, FileStatus status, TreeDirectory into) throws IOException {
        Attributes target = into.attributes();
        FileStatus old = target.status();
        if (old.uid() != status.uid() || old.gid() != status.gid()) {
            target.setOwner(status.uid(), status.gid());
            into.modeUnknown();
        }
        List<RawPath> names = names(from);
        List<RawPath> oldNames = names(target);
        for (RawPath name : oldNames) {
            if (!names.contains(name)) {
                target.removeXattr(name.bytes());
            }
        }
        for (RawPath name : names) {
            byte[] value = from.xattr(name.bytes());
            if (!oldNames.contains(name) || !Arrays.equals(value, target.xattr(name.bytes()))) {
                target.setXattr(name.bytes(), value);
            }
        }
        into.setFinalMode(status.mode());
        into.setFinalTimes(status.accessed(), status.modified());
    }

    private static List<RawPath> names(Attributes attributes) throws IOException {
        return attributes.xattrNames().stream()
                .map(RawPath::of)
                .filter(XattrPolicy::allows)
                .toList();
    }
}
