// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is open. Every operation takes one name in it, never a path, and follows no link; it acts in this directory,
 * whatever that is called or wherever it was moved meanwhile. An {@link IllegalArgumentException} refuses a name that is empty,
 * {@code .} or {@code ..}, or has a slash or a NUL. For use by one thread.
 */
public final class OpenDirectory implements Closeable {
    private final Descriptor descriptor;

    private OpenDirectory(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens a directory by its path, links in the path included.
     *
     * @throws PosixUnavailableException as {@link Posix#require}
     */
    public static OpenDirectory open(Path path) throws IOException {
        Posix.require();
        return new OpenDirectory(Descriptor.openPath(PathBytes.of(path), Abi.HERE.directory()));
    }

    /** Opens a directory in this one, with the permission to read it. */
    public OpenDirectory child(byte[] name) throws IOException {
        byte[] terminated = Names.single(name);
        try {
            return new OpenDirectory(open(terminated, Abi.HERE.directory()));
        } catch (PosixException e) {
            if (e.error() == Errno.ELOOP) { // older kernels say this of a link, newer ones that it is no directory
                throw (NotDirectoryException) new NotDirectoryException(Errno.text(name)).initCause(e);
            }
            throw e;
        }
    }

    /** Opens the directory that this one is in; for {@link TreeRemoval}, which verifies what it gets. */
    OpenDirectory parent() throws IOException {
        return new OpenDirectory(open(Names.PARENT, Abi.HERE.directory()));
    }

    /** Opens this directory once more; the two have positions of their own when listed. */
    public OpenDirectory duplicate() throws IOException {
        return new OpenDirectory(open(Names.SELF, Abi.HERE.directory()));
    }

    private Descriptor open(byte[] terminated, int flags) throws IOException {
        return Descriptor.open(descriptor.number(), terminated, flags | Abi.HERE.noFollow(), 0);
    }

    /** Its own attributes. */
    public Attributes attributes() {
        return new OpenAttributes(descriptor);
    }

    /** The attributes of a name in it. */
    public Attributes attributesOf(byte[] name) {
        return new NamedAttributes(descriptor, Names.single(name));
    }

    /** What a name stands for, or null if it does not exist. */
    public @Nullable FileStatus find(byte[] name) throws IOException {
        try {
            return attributesOf(name).status();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Makes a directory. The umask has an effect on its permissions. */
    public void makeDirectory(byte[] name, int mode) throws IOException {
        byte[] terminated = Names.single(name);
        if (Libc.mkdirat(descriptor.number(), terminated, mode) < 0) {
            throw Errno.failure(terminated);
        }
    }

    /** Makes a file that did not exist, with these permissions at most, and opens it to write. */
    public OpenFile create(byte[] name, int mode) throws IOException {
        int flags = Abi.WRITE_ONLY | Abi.CREATE | Abi.EXCLUSIVE | Abi.HERE.noFollow();
        return new OpenFile(Descriptor.open(descriptor.number(), Names.single(name), flags, mode));
    }

    /**
     * Opens a regular file to read; never waits for what another process does, as with a pipe.
     *
     * @throws IOException if it is not a regular file, among others
     */
    public OpenFile openFile(byte[] name) throws IOException {
        byte[] terminated = Names.single(name);
        Descriptor file = open(terminated, Abi.NON_BLOCKING);
        try {
            if (new OpenAttributes(file).status().type() != NodeType.FILE) {
                throw Errno.failure(Errno.EINVAL, Errno.text(name) + ", which is not a regular file");
            }
            return new OpenFile(file);
        } catch (IOException | RuntimeException e) {
            closeAfter(e, file);
            throw e;
        }
    }

    private static void closeAfter(Exception failure, Closeable file) {
        try {
            file.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Makes a symbolic link with this target, which nothing here follows. */
    public void makeSymlink(byte[] name, byte[] target) throws IOException {
        byte[] terminated = Names.single(name);
        if (Libc.symlinkat(Names.text(target), descriptor.number(), terminated) < 0) {
            throw Errno.failure(terminated);
        }
    }

    /** The target of a symbolic link; 4095 bytes at most. */
    public byte[] readSymlink(byte[] name) throws IOException {
        byte[] terminated = Names.single(name);
        byte[] target = new byte[4096];
        long length = Libc.readlinkat(descriptor.number(), terminated, target, target.length);
        if (length < 0) {
            throw Errno.failure(terminated);
        }
        return Arrays.copyOf(target, (int) length);
    }

    /** Makes another name for a file of another, or this, directory; for a symbolic link itself if it is one. */
    public void makeLink(byte[] name, OpenDirectory targetDirectory, byte[] targetName) throws IOException {
        byte[] terminated = Names.single(name);
        if (Libc.linkat(
                        targetDirectory.descriptor.number(),
                        Names.single(targetName),
                        descriptor.number(),
                        terminated,
                        0)
                < 0) {
            throw Errno.failure(terminated);
        }
    }

    /**
     * Makes a pipe, a device, a socket or an empty file.
     *
     * @param type what to make
     * @param mode permissions, on which the umask has an effect
     * @param major the major number of a device, within 0 and 4095
     * @param minor the minor number of a device, within 0 and 1048575
     */
    public void makeNode(byte[] name, NodeType type, int mode, int major, int minor) throws IOException {
        if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
            throw new IllegalArgumentException("no device has the numbers " + major + ", " + minor);
        }
        byte[] terminated = Names.single(name);
        long device = (long) (minor & 0xfff00) << 12 | (long) major << 8 | minor & 0xff;
        if (Libc.syscall(Abi.HERE.mknodat(), descriptor.number(), terminated, type.format() | mode, device) < 0) {
            throw Errno.failure(terminated);
        }
    }

    /** Removes a name that is not a directory. */
    public void remove(byte[] name) throws IOException {
        remove(name, 0);
    }

    /** Removes an empty directory. */
    public void removeDirectory(byte[] name) throws IOException {
        remove(name, Abi.REMOVE_DIRECTORY);
    }

    private void remove(byte[] name, int flags) throws IOException {
        byte[] terminated = Names.single(name);
        if (Libc.unlinkat(descriptor.number(), terminated, flags) < 0) {
            throw Errno.failure(terminated);
        }
    }

    /**
     * Removes a name and, if it is a directory, all that is in it; does nothing if the name does not exist. Links are removed, not
     * followed; a directory of another mount ends it with a failure. Directories of the own user need no permissions.
     */
    public void removeTree(byte[] name) throws IOException {
        TreeRemoval.remove(this, name);
    }

    /** Removes all that is in this directory, as {@link #removeTree} does. */
    public void removeContent() throws IOException {
        TreeRemoval.removeContent(this);
    }

    /** Moves a name of this directory to another, or this one; what is there is replaced, if it is not a directory with content. */
    public void rename(byte[] name, OpenDirectory target, byte[] targetName) throws IOException {
        byte[] terminated = Names.single(name);
        byte[] to = Names.single(targetName);
        if (Libc.renameat(descriptor.number(), terminated, target.descriptor.number(), to) < 0) {
            throw Errno.failure(to);
        }
    }

    /** The same, but fails if the name is there. */
    public void renameToNew(byte[] name, OpenDirectory target, byte[] targetName) throws IOException {
        rename(name, target, targetName, Abi.RENAME_NO_REPLACE);
    }

    /** Exchanges two names at once. */
    public void exchange(byte[] name, OpenDirectory target, byte[] targetName) throws IOException {
        rename(name, target, targetName, Abi.RENAME_EXCHANGE);
    }

    private void rename(byte[] name, OpenDirectory target, byte[] targetName, int flags) throws IOException {
        byte[] to = Names.single(targetName);
        if (Libc.syscall(
                        Abi.HERE.renameat2(),
                        descriptor.number(),
                        Names.single(name),
                        target.descriptor.number(),
                        to,
                        flags)
                < 0) {
            throw Errno.failure(to);
        }
    }

    /** Lists its names. */
    public DirectoryListing list() throws IOException {
        return new DirectoryListing(descriptor);
    }

    /** Brings its names to the disk. */
    public void flush() throws IOException {
        if (Libc.fsync(descriptor.number()) < 0) {
            throw Errno.failure(Names.SELF);
        }
    }

    /** Brings all of the file system that it is in to the disk. */
    public void flushFileSystem() throws IOException {
        if (Libc.syncfs(descriptor.number()) < 0) {
            throw Errno.failure(Names.SELF);
        }
    }

    @Override
    public void close() throws IOException {
        descriptor.close();
    }
}
