// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * What the kernel knows about a file; statx(2).
 *
 * @param type what it is
 * @param mode permissions with set-user-ID, set-group-ID and sticky bits
 * @param links how many names it has
 * @param uid its owner
 * @param gid its group
 * @param size its size in bytes
 * @param blocks how much of the disk it takes, in units of 512 bytes
 * @param accessed when it was read last
 * @param modified when its content was changed last
 * @param device the file system that it is in
 * @param inode its number in that file system
 * @param mount the mount that it is in, or 0 where the kernel does not say (before Linux 5.8)
 * @param major of a device, its major number
 * @param minor of a device, its minor number
 */
public record FileStatus(
        NodeType type,
        int mode,
        long links,
        long uid,
        long gid,
        long size,
        long blocks,
        Instant accessed,
        Instant modified,
        long device,
        long inode,
        long mount,
        long major,
        long minor) {
    private static final int LENGTH = 256;
    /** STATX_BASIC_STATS and STATX_MNT_ID. */
    private static final int WANTED = 0x7ff | 0x1000;

    /** Whether it is a directory. */
    public boolean isDirectory() {
        return type == NodeType.DIRECTORY;
    }

    /** Whether both are the same file. */
    public boolean isSameFile(FileStatus other) {
        return inode == other.inode && device == other.device;
    }

    /** Whether both are in the same file system, reached through the same mount. */
    public boolean isSameMount(FileStatus other) {
        return device == other.device && mount == other.mount;
    }

    static FileStatus of(int directory, byte[] terminatedName, int flags) throws IOException {
        byte[] status = new byte[LENGTH];
        if (Libc.syscall(Abi.HERE.statx(), directory, terminatedName, flags, WANTED, status) < 0) {
            throw Errno.failure(terminatedName);
        }
        return parse(ByteBuffer.wrap(status).order(ByteOrder.nativeOrder()));
    }

    private static FileStatus parse(ByteBuffer status) {
        int mode = Short.toUnsignedInt(status.getShort(28));
        return new FileStatus(
                NodeType.of(mode),
                mode & 07777,
                Integer.toUnsignedLong(status.getInt(16)),
                Integer.toUnsignedLong(status.getInt(20)),
                Integer.toUnsignedLong(status.getInt(24)),
                status.getLong(40),
                status.getLong(48),
                Instant.ofEpochSecond(status.getLong(64), status.getInt(72)),
                Instant.ofEpochSecond(status.getLong(112), status.getInt(120)),
                Integer.toUnsignedLong(status.getInt(136)) << 32 | Integer.toUnsignedLong(status.getInt(140)),
                status.getLong(32),
                (status.getInt(0) & 0x1000) == 0 ? 0 : status.getLong(144),
                Integer.toUnsignedLong(status.getInt(128)),
                Integer.toUnsignedLong(status.getInt(132)));
    }
}
