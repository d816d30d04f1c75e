// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.Attributes;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Merges the tree of one layer into the tree of the layers below it, by renames (OCI image-spec, layer.md "Applying Changesets"):
 * whiteouts remove what the lower layers brought, files take the place of what has their names, and directories that both have
 * are merged and get the attributes of the upper one. What is moved keeps its inodes, so that hard links stay links. For use by
 * one thread; no other process may change either tree.
 */
final class TreeMerge {
    private static final int ALL_RIGHTS = 0700;

    private final ImplicitDirectories implicit;
    private final boolean hasWhiteouts;
    private final BooleanSupplier cancelled;

    /** Says which directories of a layer have no entry of their own, so that their attributes are not the layer's. */
    @FunctionalInterface
    interface ImplicitDirectories {
        /** Whether the layer has only files below the directory, and no entry for it. */
        boolean contains(RawPath directory);
    }

    /**
     * A merge that has not begun.
     *
     * @param hasWhiteouts whether the tree of the layer has whiteouts
     * @param cancelled ends the merge, which leaves both trees incomplete
     */
    TreeMerge(ImplicitDirectories implicit, boolean hasWhiteouts, BooleanSupplier cancelled) {
        this.implicit = implicit;
        this.hasWhiteouts = hasWhiteouts;
        this.cancelled = cancelled;
    }

    /**
     * Moves the content of one tree into another of the same file system.
     *
     * @param upper the tree of the layer, of which nothing of use is left
     * @param lower the tree of the layers below
     */
    void merge(OpenDirectory upper, OpenDirectory lower) throws IOException {
        merge(upper, upper.attributes().status(), lower, lower.attributes().status(), RawPath.of(""));
    }

    private void merge(OpenDirectory upper, FileStatus from, OpenDirectory lower, FileStatus to, RawPath path)
            throws IOException {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while the layers were merged");
        }
        allow(upper.attributes(), from);
        allow(lower.attributes(), to);
        List<byte[]> names = names(upper);
        if (hasWhiteouts) {
            names = applyWhiteouts(names, lower);
        }
        for (byte[] name : names) {
            move(upper, lower, name, path);
        }
        if (implicit.contains(path)) {
            restore(lower.attributes(), to);
        } else {
            copy(upper.attributes(), from, lower.attributes(), to);
        }
    }

    /** Applies the whiteouts of a directory; returns the other names. */
    private static List<byte[]> applyWhiteouts(List<byte[]> names, OpenDirectory lower) throws IOException {
        List<byte[]> others = new ArrayList<>();
        if (names.stream().anyMatch(Whiteout::isOpaque)) {
            lower.removeContent();
        }
        for (byte[] name : names) {
            byte[] removed = Whiteout.target(name);
            if (removed == null) {
                others.add(name);
            } else if (!Whiteout.isOpaque(name)) {
                lower.removeTree(removed);
            }
        }
        return others;
    }

    private void move(OpenDirectory upper, OpenDirectory lower, byte[] name, RawPath path) throws IOException {
        FileStatus from = upper.attributesOf(name).status();
        RawPath place = below(path, name);
        if (!from.isDirectory()) {
            moveFile(upper, lower, name);
            return;
        }
        FileStatus to = lower.find(name);
        if (to != null && to.isDirectory()) {
            mergeChild(upper, from, lower, to, name, place);
            return;
        }
        if (to != null) {
            lower.remove(name);
        }
        if (hasWhiteouts) {
            removeWhiteouts(upper, from, name);
        }
        moveDirectory(upper, lower, name, from);
    }

    private static void moveFile(OpenDirectory upper, OpenDirectory lower, byte[] name) throws IOException {
        try {
            upper.renameToNew(name, lower, name);
        } catch (FileAlreadyExistsException e) {
            FileStatus to = lower.find(name);
            if (to != null && to.isDirectory()) {
                lower.removeTree(name);
            }
            upper.rename(name, lower, name);
        }
    }

    private void mergeChild(
            OpenDirectory upper, FileStatus from, OpenDirectory lower, FileStatus to, byte[] name, RawPath place)
            throws IOException {
        allow(upper.attributesOf(name), from);
        allow(lower.attributesOf(name), to);
        try (OpenDirectory upperChild = upper.child(name);
                OpenDirectory lowerChild = lower.child(name)) {
            merge(upperChild, from, lowerChild, to, place);
        }
    }

    /** To move a directory changes the entry of its parent in it, for which its owner needs the permission. */
    private static void moveDirectory(OpenDirectory upper, OpenDirectory lower, byte[] name, FileStatus from)
            throws IOException {
        allow(upper.attributesOf(name), from);
        upper.renameToNew(name, lower, name);
        if (lacksRights(from)) {
            lower.attributesOf(name).setMode(from.mode());
        }
    }

    /** Nothing below is there that a whiteout could remove. */
    private void removeWhiteouts(OpenDirectory parent, FileStatus status, byte[] name) throws IOException {
        allow(parent.attributesOf(name), status);
        try (OpenDirectory directory = parent.child(name)) {
            boolean changed = false;
            for (byte[] each : names(directory)) {
                if (Whiteout.target(each) != null) {
                    directory.remove(each);
                    changed = true;
                    continue;
                }
                FileStatus child = directory.attributesOf(each).status();
                if (child.isDirectory()) {
                    removeWhiteouts(directory, child, each);
                }
            }
            if (changed || lacksRights(status)) {
                restore(directory.attributes(), status);
            }
        }
    }

    private static List<byte[]> names(OpenDirectory directory) throws IOException {
        List<byte[]> names = new ArrayList<>();
        DirectoryListing listing = directory.list();
        for (List<DirectoryListing.Entry> batch = listing.next(); !batch.isEmpty(); batch = listing.next()) {
            batch.forEach(entry -> names.add(entry.name()));
        }
        return names;
    }

    private static RawPath below(RawPath path, byte[] name) {
        if (path.length() == 0) {
            return RawPath.of(name);
        }
        byte[] joined = Arrays.copyOf(path.bytes(), path.length() + 1 + name.length);
        joined[path.length()] = '/';
        System.arraycopy(name, 0, joined, path.length() + 1, name.length);
        return RawPath.of(joined);
    }

    private static boolean lacksRights(FileStatus directory) {
        return (directory.mode() & ALL_RIGHTS) != ALL_RIGHTS;
    }

    /** Gives the owner of a directory the permission to change it, for the time of the merge. */
    private static void allow(Attributes attributes, FileStatus status) throws IOException {
        if (lacksRights(status)) {
            attributes.setMode(status.mode() | ALL_RIGHTS);
        }
    }

    private static void restore(Attributes attributes, FileStatus status) throws IOException {
        if (lacksRights(status)) {
            attributes.setMode(status.mode());
        }
        attributes.setTimes(status.accessed(), status.modified());
    }

    /** Gives the lower directory all attributes of the upper one. */
    private static void copy(Attributes upper, FileStatus from, Attributes lower, FileStatus to) throws IOException {
        if (from.uid() != to.uid() || from.gid() != to.gid()) {
            lower.setOwner(from.uid(), from.gid());
        }
        copyXattrs(upper, lower);
        lower.setMode(from.mode());
        lower.setTimes(from.accessed(), from.modified());
    }

    private static void copyXattrs(Attributes upper, Attributes lower) throws IOException {
        Set<RawPath> copied = new HashSet<>();
        for (byte[] name : upper.xattrNames()) {
            if (isOfImages(name)) {
                copied.add(RawPath.of(name));
                byte[] value = upper.xattr(name);
                lower.setXattr(name, value);
            }
        }
        for (byte[] name : lower.xattrNames()) {
            if (isOfImages(name) && !copied.contains(RawPath.of(name))) {
                lower.removeXattr(name);
            }
        }
    }

    /** Others, such as labels of SELinux, are the system's. */
    private static boolean isOfImages(byte[] xattr) {
        RawPath name = RawPath.of(xattr);
        return name.startsWith("user.") || name.startsWith("trusted.") || name.is("security.capability");
    }

    /** The names of markers; see OCI image-spec, layer.md "Whiteouts". */
    static final class Whiteout {
        private static final byte[] PREFIX = {'.', 'w', 'h', '.'};
        private static final byte[] OPAQUE = {'.', 'w', 'h', '.', '.', 'w', 'h', '.', '.', 'o', 'p', 'q'};

        private Whiteout() {}

        /** The name that a marker removes; null for a name that is no marker. */
        static byte @Nullable [] target(byte[] name) {
            return name.length > PREFIX.length && Arrays.equals(name, 0, PREFIX.length, PREFIX, 0, PREFIX.length)
                    ? Arrays.copyOfRange(name, PREFIX.length, name.length)
                    : null;
        }

        /** Whether the marker removes all that the lower layers have in its directory. */
        static boolean isOpaque(byte[] name) {
            return Arrays.equals(name, OPAQUE);
        }
    }
}
