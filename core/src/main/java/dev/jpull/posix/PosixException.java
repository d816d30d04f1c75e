// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.nio.file.FileSystemException;

/** A system call that failed for a reason that no other exception stands for. */
public final class PosixException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    private final int error;

    PosixException(String file, int error, String reason) {
        super(file, null, reason);
        this.error = error;
    }

    /** The reason, one of {@link Errno}. */
    public int error() {
        return error;
    }

    /** Whether it failed because the process lacks a privilege. */
    public boolean isNotPermitted() {
        return error == Errno.EPERM;
    }
}
