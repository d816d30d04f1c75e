// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

/** What an entry of an archive stands for. */
public enum EntryType {
    /** A regular file, sparse ones and those of types that POSIX reserves for it included. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link; its target is text that nothing here follows. */
    SYMLINK,
    /** Another name for a file that the archive, or a layer below, has. */
    HARD_LINK,
    /** A named pipe. */
    FIFO,
    /** A character device. */
    CHARACTER_DEVICE,
    /** A block device. */
    BLOCK_DEVICE
}
