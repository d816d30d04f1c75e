// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A process that has the mutex of a lock file until it is ended. */
final class LockHolder {
    private LockHolder() {}

    /** Starts it, and returns when it has the mutex. */
    static Process start(Path mutex) throws IOException {
        Process process = LockWriter.java(LockHolder.class, mutex.toString()).start();
        if (process.getInputStream().read() != '+') {
            throw new IOException("the process has not got the mutex");
        }
        return process;
    }

    public static void main(String[] args) throws IOException {
        String done = new LockfileMutex(Path.of(args[0]), Duration.ofSeconds(10)).run(() -> false, () -> {
            System.out.print('+');
            System.out.flush();
            return "read " + System.in.read(); // until the parent ends it
        });
        System.exit(done.length());
    }
}
