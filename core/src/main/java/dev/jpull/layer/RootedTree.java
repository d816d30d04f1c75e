// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree of directories below an open one, which no path leaves: paths are walked component by component, and the targets of links are
 * walked the same way from the root of the tree, as in a process whose root directory it is. Open directories are kept for the next
 * path, as many as are pinned and {@value #MAX_OPEN} more. For use by one thread.
 */
final class RootedTree implements Closeable {
    private static final int MAX_OPEN = 64;
    /** How many links one path leads through at most; umoci's limit, and more than Linux's. */
    private static final int MAX_LINKS = 255;
    /** How many components are walked for one path at most, those of links included. */
    private static final int MAX_STEPS = 10_000;

    private final TreeDirectory root;
    private final NewDirectories newDirectories;
    private final WorkBudget budget;
    private final Map<RawPath, TreeDirectory> cache = new LinkedHashMap<>(2 * MAX_OPEN, 0.75f, true);

    /** Is told of directories that are made because a path leads through them. */
    interface NewDirectories {
        void made(TreeDirectory directory) throws IOException;
    }

    /**
     * The tree below this directory.
     *
     * @param root is not closed with the tree
     * @param budget what walks may cost
     */
    RootedTree(OpenDirectory root, NewDirectories newDirectories, WorkBudget budget) throws IOException {
        FileStatus status = root.attributes().status();
        this.root = new TreeDirectory(root, TreePath.ROOT, status, status.mode());
        this.newDirectories = newDirectories;
        this.budget = budget;
    }

    TreeDirectory root() {
        return root;
    }

    /**
     * Where a path leads.
     *
     * @param names the names from the root on, without links and {@code ..}
     * @param existing how many of them exist, as directories
     */
    record Resolved(List<RawPath> names, int existing) {
        boolean exists() {
            return existing == names.size();
        }

        RawPath path() {
            return TreePath.of(names);
        }
    }

    /**
     * The directory at a path; those that are missing are made, with mode 0755.
     *
     * @throws TarException if the path leads through what is no directory, or through too many links
     */
    TreeDirectory directory(List<RawPath> path) throws IOException {
        TreeDirectory known = path.isEmpty() ? root : cache.get(TreePath.of(path));
        return known != null ? known : made(resolve(path));
    }

    /** The directory where a path leads; those that are missing are made. */
    TreeDirectory made(Resolved resolved) throws IOException {
        TreeDirectory directory = existing(resolved.names().subList(0, resolved.existing()));
        for (RawPath name :
                resolved.names().subList(resolved.existing(), resolved.names().size())) {
            directory = make(directory, name);
            newDirectories.made(directory);
        }
        return directory;
    }

    /** The directory where a path leads, or null if it is not there. */
    @Nullable
    TreeDirectory find(List<RawPath> path) throws IOException {
        Resolved resolved = resolve(path);
        return resolved.exists() ? existing(resolved.names()) : null;
    }

    /** Makes a directory in another, which is without a mode of its own until {@link TreeDirectory#setFinalMode}. */
    TreeDirectory make(TreeDirectory parent, RawPath name) throws IOException {
        parent.open().makeDirectory(name.bytes(), 0700);
        parent.changed();
        TreeDirectory made = child(parent, name);
        made.setFinalMode(0755);
        made.setFinalTimes(null, null);
        return made;
    }

    /**
     * Where a path leads to, as far as it exists; what is missing is taken by its name.
     *
     * @throws TarException if the path leads through what is no directory, or through too many links
     */
    Resolved resolve(List<RawPath> path) throws IOException {
        Deque<RawPath> rest = new ArrayDeque<>(path);
        List<RawPath> names = new ArrayList<>();
        int existing = 0;
        int links = 0;
        long bytes = 0;
        budget.beginPath();
        for (int steps = 0; !rest.isEmpty(); steps++) {
            RawPath name = rest.pop();
            budget.step();
            if (steps > MAX_STEPS || names.size() > EntryPath.MAX_DEPTH || bytes > EntryPath.MAX_LENGTH) {
                throw new TarException(TreePath.of(path) + " leads too deep through symbolic links");
            }
            if (name.is("..")) {
                if (!names.isEmpty()) {
                    bytes -= names.remove(names.size() - 1).length() + 1;
                    existing = Math.min(existing, names.size());
                }
            } else if (existing < names.size()) {
                names.add(name);
                bytes += name.length() + 1;
            } else {
                TreeDirectory parent = existing(names);
                byte[] link = directoryOrLink(parent, name, path);
                if (link == null) {
                    names.add(name);
                    bytes += name.length() + 1;
                    existing += cache.containsKey(parent.childPath(name)) ? 1 : 0;
                } else {
                    if (++links > MAX_LINKS) {
                        throw new TarException(TreePath.of(path) + " leads through more than " + MAX_LINKS
                                + " symbolic links, or in circles");
                    }
                    RawPath target = RawPath.of(link);
                    if (target.isAbsolute()) {
                        names.clear();
                        existing = 0;
                        bytes = 0;
                    }
                    List<RawPath> components = target.components();
                    for (int i = components.size() - 1; i >= 0; i--) {
                        rest.push(components.get(i));
                    }
                }
            }
        }
        return new Resolved(names, existing);
    }

    /** Opens a name if it is a directory; returns the target if it is a link. */
    private byte @Nullable [] directoryOrLink(TreeDirectory parent, RawPath name, List<RawPath> path)
            throws IOException {
        try {
            child(parent, name);
            return null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (NotDirectoryException e) {
            FileStatus status = parent.open().find(name.bytes());
            if (status != null && status.type() == NodeType.SYMLINK) {
                return parent.open().readSymlink(name.bytes());
            }
            throw new TarException(
                    TreePath.of(path) + " leads through " + parent.childPath(name) + ", which is no directory");
        }
    }

    /** A directory that exists, reached without links. */
    private TreeDirectory existing(List<RawPath> names) throws IOException {
        if (names.isEmpty()) {
            return root;
        }
        TreeDirectory known = cache.get(TreePath.of(names));
        if (known != null) {
            return known;
        }
        budget.step();
        return child(existing(names.subList(0, names.size() - 1)), names.get(names.size() - 1));
    }

    /**
     * A directory in another, never through a link.
     *
     * @throws NoSuchFileException if it does not exist
     * @throws NotDirectoryException if it is no directory
     */
    TreeDirectory child(TreeDirectory parent, RawPath name) throws IOException {
        RawPath path = parent.childPath(name);
        TreeDirectory known = cache.get(path);
        if (known != null) {
            return known;
        }
        int mode = -1;
        OpenDirectory open;
        try {
            open = parent.open().child(name.bytes());
        } catch (AccessDeniedException e) {
            mode = parent.open().attributesOf(name.bytes()).status().mode();
            parent.open().attributesOf(name.bytes()).setMode(mode | 0700);
            open = parent.open().child(name.bytes());
        }
        try {
            FileStatus status = open.attributes().status();
            TreeDirectory directory = new TreeDirectory(open, path, status, mode < 0 ? status.mode() : mode);
            evict(parent);
            cache.put(path, directory);
            return directory;
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    private void evict(TreeDirectory kept) throws IOException {
        Iterator<TreeDirectory> oldest = cache.values().iterator();
        while (cache.size() >= MAX_OPEN && oldest.hasNext()) {
            TreeDirectory directory = oldest.next();
            if (directory != kept && !directory.isPinned()) {
                oldest.remove();
                close(directory);
            }
        }
    }

    private static void close(TreeDirectory directory) throws IOException {
        try {
            directory.settle();
        } finally {
            directory.open().close();
        }
    }

    /** Removes a name and all that is below. */
    void remove(TreeDirectory parent, RawPath name) throws IOException {
        forget(parent.childPath(name));
        parent.open().removeTree(name.bytes());
        parent.changed();
    }

    /** Removes all that is in a directory. */
    void removeContent(TreeDirectory directory) throws IOException {
        List<RawPath> below = new ArrayList<>(cache.keySet());
        for (RawPath path : below) {
            if (!path.equals(directory.path()) && TreePath.isWithin(path, directory.path())) {
                forget(path);
            }
        }
        directory.open().removeContent();
        directory.changed();
    }

    /** Closes the directories at a path and below that are open, because they are removed or moved. */
    void forget(RawPath path) throws IOException {
        Iterator<Map.Entry<RawPath, TreeDirectory>> entries = cache.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<RawPath, TreeDirectory> entry = entries.next();
            if (TreePath.isWithin(entry.getKey(), path)) {
                if (entry.getValue().isPinned()) {
                    throw new TarException(path + " is replaced by what is unpacked below it, through a symbolic link");
                }
                entries.remove();
                entry.getValue().open().close();
            }
        }
    }

    /** Gives all directories the modes and times that they are to have. */
    void settle() throws IOException {
        for (TreeDirectory directory : cache.values()) {
            directory.settle();
        }
        root.settle();
    }

    /** Closes directories as they are; {@link #settle} comes first where all went well. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (TreeDirectory directory : cache.values()) {
            try {
                directory.open().close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        cache.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
