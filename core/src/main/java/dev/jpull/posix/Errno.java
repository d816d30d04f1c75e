// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import com.sun.jna.Native;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/** Reasons for which a system call fails; errno(3), with the numbers of Linux on x86-64 and aarch64. */
public final class Errno {
    /** Not permitted: the call needs a privilege. */
    public static final int EPERM = 1;

    static final int ENOENT = 2;
    static final int EINTR = 4;
    /** There is no data from here on, among others. */
    static final int ENXIO = 6;

    static final int EACCES = 13;
    static final int EEXIST = 17;
    /** The two places are in different file systems, or mounts. */
    public static final int EXDEV = 18;

    static final int ENOTDIR = 20;
    /** It is a directory. */
    public static final int EISDIR = 21;

    /** An argument is not valid, such as a user that a user namespace has no number for. */
    public static final int EINVAL = 22;
    /** No space is left. */
    public static final int ENOSPC = 28;
    /** A file has as many names as the file system allows. */
    public static final int EMLINK = 31;

    /** The result does not fit, such as a name of an extended attribute. */
    public static final int ERANGE = 34;

    static final int ENOSYS = 38;
    static final int ENOTEMPTY = 39;
    /** Too large, such as an extended attribute. */
    public static final int E2BIG = 7;

    static final int ELOOP = 40;
    /** There is no such extended attribute. */
    public static final int ENODATA = 61;
    /** The number does not fit, such as that of a user in a file system without 32 bits for it. */
    public static final int EOVERFLOW = 75;
    /** The file system does not support it. */
    public static final int EOPNOTSUPP = 95;

    private static final Map<Integer, String> TEXTS = Map.ofEntries(
            Map.entry(EPERM, "Operation not permitted"),
            Map.entry(5, "Input/output error"),
            Map.entry(E2BIG, "Too large"),
            Map.entry(9, "Bad file descriptor"),
            Map.entry(12, "Out of memory"),
            Map.entry(16, "Device or resource busy"),
            Map.entry(EXDEV, "Invalid cross-device link"),
            Map.entry(19, "No such device"),
            Map.entry(EISDIR, "Is a directory"),
            Map.entry(EINVAL, "Invalid argument"),
            Map.entry(23, "Too many open files in system"),
            Map.entry(24, "Too many open files; raise the limit, as with ulimit -n"),
            Map.entry(26, "Text file busy"),
            Map.entry(27, "File too large"),
            Map.entry(ENOSPC, "No space left on device"),
            Map.entry(30, "Read-only file system"),
            Map.entry(EMLINK, "Too many links"),
            Map.entry(ERANGE, "Result too large"),
            Map.entry(36, "File name too long"),
            Map.entry(ENOSYS, "Function not implemented"),
            Map.entry(ELOOP, "It is a symbolic link"),
            Map.entry(ENODATA, "No such attribute"),
            Map.entry(EOVERFLOW, "Value too large"),
            Map.entry(EOPNOTSUPP, "Operation not supported"),
            Map.entry(116, "Stale file handle"),
            Map.entry(122, "Disk quota exceeded"));

    private Errno() {}

    /** Why the last call of this thread failed. */
    static int last() {
        return Native.getLastError();
    }

    /** Whether the last call of this thread has to be made again. */
    static boolean interrupted() {
        return last() == EINTR;
    }

    /** Why the last call of this thread failed, as an exception. */
    static IOException failure(byte[] name) {
        return failure(last(), text(name));
    }

    static IOException failure(int error, String file) {
        return switch (error) {
            case ENOENT -> new NoSuchFileException(file);
            case EEXIST -> new FileAlreadyExistsException(file);
            case ENOTDIR -> new NotDirectoryException(file);
            case ENOTEMPTY -> new DirectoryNotEmptyException(file);
            case EACCES -> new AccessDeniedException(file, null, "Permission denied");
            default -> new PosixException(file, error, TEXTS.getOrDefault(error, "Error " + error));
        };
    }

    /** A name in messages. */
    static String text(byte[] name) {
        int length = name.length > 0 && name[name.length - 1] == 0 ? name.length - 1 : name.length;
        return ForeignText.line(new String(name, 0, length, StandardCharsets.UTF_8));
    }
}
