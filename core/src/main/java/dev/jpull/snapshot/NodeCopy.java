// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.Attributes;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NativeBuffer;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.OpenFile;
import dev.jpull.posix.Posix;
import dev.jpull.tar.RawPath;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Copies single files with all their attributes. Content is shared where the file system can (FICLONE), else copied inside the kernel,
 * holes left out without being read. For use by one thread.
 */
final class NodeCopy implements Closeable {
    /** What the attributes of a lower layer say about layers below it holds there alone. */
    private static final List<String> OVERLAY = List.of("trusted.overlay.", "user.overlay.");

    private static final int BLOCK = 64 << 10;
    /** A small part of a second. */
    private static final long COPY_STEP = 16 << 20;

    private static final int OWNER_READS = 0400;

    private final NativeBuffer buffer;
    private final byte[] block = new byte[BLOCK];
    private final BooleanSupplier cancelled;
    private final boolean owners;
    private boolean shares = true;
    private boolean copiesInside = true;

    /**
     * Copies nothing yet.
     *
     * @param cancelled ends the copying, also within a file
     */
    NodeCopy(BooleanSupplier cancelled) throws IOException {
        this.cancelled = cancelled;
        this.buffer = new NativeBuffer(BLOCK);
        this.owners = Posix.effectiveUser() == 0;
    }

    /** Copies what is no directory under a name that nothing has. */
    void copy(OpenDirectory from, byte[] name, FileStatus status, OpenDirectory to, byte[] newName) throws IOException {
        switch (status.type()) {
            case FILE -> {
                copyFile(from, name, status, to, newName);
                return; // with its attributes
            }
            case SYMLINK -> to.makeSymlink(newName, from.readSymlink(name));
            case DIRECTORY -> throw new IllegalArgumentException("a directory is no single file");
            default ->
                to.makeNode(newName, status.type(), status.mode() & 0777, (int) status.major(), (int) status.minor());
        }
        copyAttributes(from.attributesOf(name), status, to.attributesOf(newName), status.type());
    }

    private void copyFile(OpenDirectory from, byte[] name, FileStatus status, OpenDirectory to, byte[] newName)
            throws IOException {
        try (OpenFile source = open(from, name, status);
                OpenFile target = to.create(newName, 0600)) {
            copyContent(source, status, target);
            copyAttributes(source.attributes(), status, target.attributes(), NodeType.FILE);
        }
    }

    /** A file that its owner may not read is made readable for the moment. */
    private static OpenFile open(OpenDirectory from, byte[] name, FileStatus status) throws IOException {
        try {
            return from.openFile(name);
        } catch (AccessDeniedException e) {
            from.attributesOf(name).setMode(status.mode() | OWNER_READS);
            try {
                return from.openFile(name);
            } finally {
                from.attributesOf(name).setMode(status.mode());
            }
        }
    }

    private void copyContent(OpenFile source, FileStatus status, OpenFile target) throws IOException {
        if (status.size() == 0) {
            return;
        }
        if (shares) {
            if (target.cloneFrom(source)) {
                return;
            }
            shares = false; // all are in one file system
        }
        long size = status.size();
        long end = 0;
        for (long start = source.seekData(0); start >= 0 && start < size; start = source.seekData(end)) {
            end = Math.min(source.seekHole(start), size);
            copyRange(source, start, end, target);
        }
        if (end < size) {
            target.setSize(size);
        }
    }

    private void copyRange(OpenFile source, long start, long end, OpenFile target) throws IOException {
        long position = start;
        source.seekTo(start);
        target.seekTo(start);
        while (copiesInside && position < end) {
            requireNotCancelled();
            long count = target.copyFrom(source, Math.min(COPY_STEP, end - position));
            if (count <= 0) {
                copiesInside = false;
            } else {
                position += count;
            }
        }
        while (position < end) {
            requireNotCancelled();
            int read = source.read(buffer, block, 0, (int) Math.min(BLOCK, end - position));
            if (read < 0) {
                throw new EOFException("another process made a file of a snapshot shorter");
            }
            target.writeAt(position, buffer, block, 0, read);
            position += read;
        }
    }

    /** Ends the work when it was cancelled; cheap enough for each file. */
    void requireNotCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while a snapshot was made");
        }
    }

    /** Gives a file the owner, extended attributes, mode and times of another; whiteout attributes aside. */
    void copyAttributes(Attributes from, FileStatus status, Attributes to, NodeType type) throws IOException {
        if (owners) {
            to.setOwner(status.uid(), status.gid());
        }
        for (byte[] name : from.xattrNames()) {
            if (!isOfOverlay(name)) {
                to.setXattr(name, from.xattr(name));
            }
        }
        if (type != NodeType.SYMLINK) {
            to.setMode(status.mode());
        }
        to.setTimes(status.accessed(), status.modified());
    }

    /** Whether the overlay file system gives an extended attribute its meaning. */
    static boolean isOfOverlay(byte[] name) {
        return OVERLAY.stream().anyMatch(RawPath.of(name)::startsWith);
    }

    @Override
    public void close() {
        buffer.close();
    }
}
