// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

/** What a name in a directory stands for. */
public enum NodeType {
    /** A regular file. */
    FILE(0100000),
    /** A directory. */
    DIRECTORY(0040000),
    /** A symbolic link. */
    SYMLINK(0120000),
    /** A named pipe. */
    FIFO(0010000),
    /** A character device. */
    CHARACTER_DEVICE(0020000),
    /** A block device. */
    BLOCK_DEVICE(0060000),
    /** A socket. */
    SOCKET(0140000);

    private final int format;

    NodeType(int format) {
        this.format = format;
    }

    /** The bits of a mode that stand for it. */
    int format() {
        return format;
    }

    static NodeType of(int mode) {
        for (NodeType type : values()) {
            if (type.format == (mode & 0170000)) {
                return type;
            }
        }
        throw new IllegalStateException("the kernel gave a mode of no known type: " + Integer.toOctalString(mode));
    }
}
