// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Brings a growing file to the disk while the rest of it is still on its way, so that the flush at its end has little left to
 * do. A failure is reported at the end. The flushes of one store take turns; each has a thread of its own, {@code jpull-sync},
 * which ends with it. Safe for use by several threads.
 */
public final class BackgroundSync {
    /** So much is worth a flush of its own. */
    private static final long INTERVAL = 16 << 20;

    private final FileChannel channel;
    private final StoreFiles files;

    @GuardedBy("this")
    private long written;

    @GuardedBy("this")
    private boolean running;

    /** Kept until the end: the system reports a failed write only once. */
    @GuardedBy("this")
    private @Nullable IOException failure;

    BackgroundSync(FileChannel channel, StoreFiles files) {
        this.channel = channel;
        this.files = files;
    }

    /** The flushes of a file that belongs to no store. */
    public static BackgroundSync of(FileChannel channel) {
        return new BackgroundSync(channel, new StoreFiles(true));
    }

    /** Some bytes more are in the file. */
    public synchronized void note(int bytes) {
        written += bytes;
        if (written >= INTERVAL && !running && files.flushes()) {
            // A thread for each flush costs little beside a flush, and leaves none behind.
            Thread thread = new Thread(this::flush, "jpull-sync");
            thread.setDaemon(true);
            thread.start();
            written = 0;
            running = true; // only now: finish() must not wait for a thread that could not be started
        }
    }

    private void flush() {
        IOException failed = new IOException("the flush broke off");
        try {
            files.flushInTurn(channel);
            failed = null;
        } catch (IOException e) {
            failed = e;
        } finally {
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
     * Waits until nothing is running: before the end of the file is flushed, or the file is closed. No write may run or follow.
     *
     * @throws IOException if some content could not be written to the disk
     */
    public synchronized void finish() throws IOException {
        boolean interrupted = false;
        while (running) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true; // the file must not be closed while it is flushed
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
