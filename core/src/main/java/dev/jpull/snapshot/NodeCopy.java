// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.posix.Attributes;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NativeBuffer;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.OpenFile;
import dev.jpull.posix.Posix;
import dev.jpull.tar.RawPath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;

/**
 * Copies single files with all their attributes. Content is shared where the file system can (FICLONE), else copied inside the kernel,
 * holes left out. For use by one thread.
 */
final class NodeCopy implements Closeable {
    /** What the attributes of a lower layer say about layers below it holds there alone. */
    private static final List<String> OVERLAY = List.of("trusted.overlay.", "user.overlay.");

    private static final int BLOCK = 64 << 10;
    private static final long COPY_STEP = 1 << 30;
    private static final int SECTOR = 512;
    private static final int OWNER_READS = 0400;

    private final NativeBuffer buffer;
    private final byte[] block = new byte[BLOCK];
    private final boolean owners;
    private boolean shares = true;
    private boolean copiesInside = true;

    NodeCopy() throws IOException {
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
        boolean hasHoles = status.blocks() < (status.size() + SECTOR - 1) / SECTOR;
        if (copiesInside && !hasHoles) {
            long count = target.copyFrom(source, COPY_STEP);
            while (count > 0) {
                count = target.copyFrom(source, COPY_STEP);
            }
            if (count == 0) {
                return;
            }
            copiesInside = false;
        }
        long position = 0;
        int read;
        while ((read = source.read(buffer, block, 0, BLOCK)) > 0) {
            if (!isZero(read)) {
                target.writeAt(position, buffer, block, 0, read);
            }
            position += read;
        }
        target.setSize(position);
    }

    private boolean isZero(int length) {
        for (int i = 0; i < length; i++) {
            if (block[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Gives a file the owner, extended attributes, mode and times of another; whiteout attributes aside. */
    void copyAttributes(Attributes from, FileStatus status, Attributes to, NodeType type) throws IOException {
        if (owners) {
            to.setOwner(status.uid(), status.gid());
        }
        for (byte[] name : from.xattrNames()) {
            RawPath text = RawPath.of(name);
            if (OVERLAY.stream().noneMatch(text::startsWith)) {
                to.setXattr(name, from.xattr(name));
            }
        }
        if (type != NodeType.SYMLINK) {
            to.setMode(status.mode());
        }
        to.setTimes(status.accessed(), status.modified());
    }

    @Override
    public void close() {
        buffer.close();
    }
}
