// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

/**
 * Functions of the C library, bound by {@link Posix}. Those that a C library may lack are called through {@code syscall}. All
 * return -1 on failure; {@link Errno#last()} says why.
 */
final class Libc {
    private Libc() {}

    static native int open(byte[] path, int flags, int mode);

    static native int openat(int directory, byte[] name, int flags, int mode);

    static native int close(int descriptor);

    static native long read(int descriptor, long buffer, long length);

    static native long write(int descriptor, long buffer, long length);

    static native long pwrite(int descriptor, long buffer, long length, long offset);

    static native long lseek(int descriptor, long offset, int whence);

    static native int ftruncate(int descriptor, long length);

    static native int mkdirat(int directory, byte[] name, int mode);

    static native int symlinkat(byte[] target, int directory, byte[] name);

    static native int linkat(int fromDirectory, byte[] fromName, int directory, byte[] name, int flags);

    static native int unlinkat(int directory, byte[] name, int flags);

    static native int renameat(int fromDirectory, byte[] fromName, int directory, byte[] name);

    static native long readlinkat(int directory, byte[] name, byte[] target, long length);

    static native int fchmod(int descriptor, int mode);

    static native int chmod(byte[] path, int mode);

    static native int fchownat(int directory, byte[] name, int uid, int gid, int flags);

    static native int utimensat(int directory, byte[] name, long[] times, int flags);

    static native int futimens(int descriptor, long[] times);

    static native int fsetxattr(int descriptor, byte[] name, byte[] value, long length, int flags);

    static native int lsetxattr(byte[] path, byte[] name, byte[] value, long length, int flags);

    static native long fgetxattr(int descriptor, byte[] name, byte[] value, long length);

    static native long lgetxattr(byte[] path, byte[] name, byte[] value, long length);

    static native long flistxattr(int descriptor, byte[] names, long length);

    static native long llistxattr(byte[] path, byte[] names, long length);

    static native int fremovexattr(int descriptor, byte[] name);

    static native int lremovexattr(byte[] path, byte[] name);

    static native int fsync(int descriptor);

    static native int syncfs(int descriptor);

    static native int ioctl(int descriptor, long request, long argument);

    static native int geteuid();

    static native int getegid();

    /** {@code statx}. */
    static native long syscall(long number, long directory, byte[] name, long flags, long mask, byte[] status);

    /** {@code getdents64}. */
    static native long syscall(long number, long directory, byte[] entries, long length);

    /** {@code mknodat}, {@code fchmodat2}. */
    static native long syscall(long number, long directory, byte[] name, long first, long second);

    /** {@code renameat2}. */
    static native long syscall(long number, long from, byte[] fromName, long directory, byte[] name, long flags);

    /** {@code copy_file_range}. */
    static native long syscall(long number, long in, long inOffset, long out, long outOffset, long length, long flags);
}
