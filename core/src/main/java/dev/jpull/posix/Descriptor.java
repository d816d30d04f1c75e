// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A number of an open file that is closed at most once and never used afterwards, when it may stand for another file. */
final class Descriptor implements Closeable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Opens a name in a directory; never through a link that the name stands for, if the flags say so. */
    static Descriptor open(int directory, byte[] terminatedName, int flags, int mode) throws IOException {
        int number;
        do {
            number = Libc.openat(directory, terminatedName, flags | Abi.CLOSE_ON_EXEC, mode);
        } while (number < 0 && Errno.interrupted());
        if (number < 0) {
            throw Errno.failure(terminatedName);
        }
        return new Descriptor(number);
    }

    /** Opens a path as the process resolves it, links included. */
    static Descriptor openPath(byte[] terminatedPath, int flags) throws IOException {
        int number;
        do {
            number = Libc.open(terminatedPath, flags | Abi.CLOSE_ON_EXEC, 0);
        } while (number < 0 && Errno.interrupted());
        if (number < 0) {
            throw Errno.failure(terminatedPath);
        }
        return new Descriptor(number);
    }

    int number() {
        int open = number.get();
        if (open == CLOSED) {
            throw new IllegalStateException("it is closed");
        }
        return open;
    }

    @Override
    public void close() throws IOException {
        int open = number.getAndSet(CLOSED);
        // EINTR: Linux has closed it all the same, and the number may stand for another file by now.
        if (open != CLOSED && Libc.close(open) < 0 && !Errno.interrupted()) {
            throw Errno.failure(Errno.last(), "a file that was written");
        }
    }
}
