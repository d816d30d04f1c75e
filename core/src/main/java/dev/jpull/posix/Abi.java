// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

/**
 * Numbers of the kernel's interface that differ between architectures; and, as constants, those that do not.
 *
 * @param directory the flag O_DIRECTORY
 * @param noFollow the flag O_NOFOLLOW
 * @param statx the number of that system call; likewise the others
 */
record Abi(int directory, int noFollow, int statx, int getdents64, int mknodat, int renameat2, int copyFileRange) {
    static final int WRITE_ONLY = 1;
    static final int READ_WRITE = 2;
    static final int CREATE = 0100;
    static final int EXCLUSIVE = 0200;
    static final int NON_BLOCKING = 04000;
    static final int CLOSE_ON_EXEC = 02000000;
    static final int PATH_ONLY = 010000000;

    static final int SYMLINK_NO_FOLLOW = 0x100;
    static final int REMOVE_DIRECTORY = 0x200;
    static final int EMPTY_PATH = 0x1000;

    static final int RENAME_NO_REPLACE = 1;
    static final int RENAME_EXCHANGE = 2;

    static final int FCHMODAT2 = 452;
    static final long FICLONE = 0x40049409L;

    private static final Abi X86_64 = new Abi(0200000, 0400000, 332, 217, 259, 316, 326);
    private static final Abi AARCH64 = new Abi(040000, 0100000, 291, 61, 33, 276, 285);

    /** That of the JVM's architecture; one of those that {@link Posix} admits. */
    static final Abi HERE = Posix.isAarch64() ? AARCH64 : X86_64;
}
