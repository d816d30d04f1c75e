// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Brings a growing file to the disk while the rest of it is still on its way, so that the flush at its end has little left to
 * do. What goes wrong counts at the end: the system tells of a failed write only once. Safe for use by several threads.
 */
final class BackgroundSync {
    /** So much is worth a flush of its own. */
    private static final long INTERVAL = 16 << 20;

    /** One flush at a time over all files: there is one disk. */
    private static final ReentrantLock DISK = new ReentrantLock(true);

    private final FileChannel channel;
    private final StoreFiles files;
    private long written;
    private boolean running;
    private @Nullable IOException failure;

    BackgroundSync(FileChannel channel, StoreFiles files) {
        this.channel = channel;
        this.files = files;
    }

    /** Some bytes more are in the file. */
    synchronized void note(int bytes) {
        written += bytes;
        if (written >= INTERVAL && !running && files.flushes()) {
            // A thread for each flush costs little beside a flush, and leaves none behind.
            Thread thread = new Thread(this::flush, "jpull-flush");
            thread.setDaemon(true);
            thread.start();
            written = 0;
            running = true; // only now: who could not start a thread must not be waited for
        }
    }

    private void flush() {
        IOException failed = new IOException("the flush broke off");
        DISK.lock();
        try {
            files.flush(channel);
            failed = null;
        } catch (IOException e) {
            failed = e;
        } finally {
            DISK.unlock();
            ended(failed);
        }
    }

    private synchronized void ended(@Nullable IOException failed) {
        running = false;
        if (failed != null) {
            failure = failed;
        }
        notifyAll();
    }

    /**
     * Waits until nothing is running: before the end of the file is flushed, or the file is closed. Nobody may write any more.
     *
     * @throws IOException if something could not be brought to the disk
     */
    synchronized void finish() throws IOException {
        boolean interrupted = false;
        while (running) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // the file must not be closed under the one who flushes it
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
