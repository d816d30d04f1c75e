// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The attributes of a name in an open directory; of a symbolic link itself where the name is one. */
final class NamedAttributes implements Attributes {
    private final Descriptor directory;
    private final byte[] name;

    NamedAttributes(Descriptor directory, byte[] terminatedName) {
        this.directory = directory;
        this.name = terminatedName;
    }

    @Override
    public FileStatus status() throws IOException {
        return FileStatus.of(directory.number(), name, Abi.SYMLINK_NO_FOLLOW);
    }

    @Override
    public void setMode(int mode) throws IOException {
        // The path holds the file itself: what the name stands for by then does not matter, and fchmod needs more than
        // a path.
        try (Descriptor file = Descriptor.open(directory.number(), name, Abi.PATH_ONLY | Abi.HERE.noFollow(), 0)) {
            if (FileStatus.of(file.number(), Names.EMPTY, Abi.EMPTY_PATH).type() == NodeType.SYMLINK) {
                throw Errno.failure(Errno.ELOOP, Errno.text(name));
            }
            if (Libc.chmod(Names.throughProc(file.number(), Names.EMPTY), mode) == 0) {
                return;
            }
            if (Errno.last() != Errno.ENOENT) {
                throw Errno.failure(name);
            }
        }
        // No /proc is mounted: Linux 6.6 has a call for it.
        if (Libc.syscall(Abi.FCHMODAT2, directory.number(), name, mode, Abi.SYMLINK_NO_FOLLOW) < 0) {
            throw Errno.failure(name);
        }
    }

    @Override
    public void setOwner(long uid, long gid) throws IOException {
        if (Libc.fchownat(directory.number(), name, (int) uid, (int) gid, Abi.SYMLINK_NO_FOLLOW) < 0) {
            throw Errno.failure(name);
        }
    }

    @Override
    public void setTimes(Instant accessed, Instant modified) throws IOException {
        if (Libc.utimensat(directory.number(), name, times(accessed, modified), Abi.SYMLINK_NO_FOLLOW) < 0) {
            throw Errno.failure(name);
        }
    }

    /** Both times as two {@code struct timespec}. */
    static long[] times(Instant accessed, Instant modified) {
        return new long[] {accessed.getEpochSecond(), accessed.getNano(), modified.getEpochSecond(), modified.getNano()
        };
    }

    @Override
    public void setXattr(byte[] attribute, byte[] value) throws IOException {
        if (Libc.lsetxattr(path(), Names.text(attribute), value, value.length, 0) < 0) {
            throw Errno.failure(attribute);
        }
    }

    @Override
    public byte[] xattr(byte[] attribute) throws IOException {
        byte[] terminated = Names.text(attribute);
        return Xattrs.value(attribute, buffer -> Libc.lgetxattr(path(), terminated, buffer, buffer.length));
    }

    @Override
    public List<byte[]> xattrNames() throws IOException {
        return Xattrs.names(name, buffer -> Libc.llistxattr(path(), buffer, buffer.length));
    }

    @Override
    public void removeXattr(byte[] attribute) throws IOException {
        if (Libc.lremovexattr(path(), Names.text(attribute)) < 0) {
            throw Errno.failure(attribute);
        }
    }

    /** Resolved by the kernel to the open directory; of the functions for attributes, none takes a directory and a name. */
    private byte[] path() {
        return Names.throughProc(directory.number(), name);
    }
}
