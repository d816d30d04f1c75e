// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import dev.jpull.error.LockException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Lets one thread of one process at a time change a lock file. It is a file beside the lock file, which is locked, and deleted
 * afterwards so that no project gets a file that it has to ignore. A process that has waited for the file may hold the lock of a
 * deleted one: so the holder writes a text of its own into the file, and reads it by the name of the file.
 *
 * @param path the file of the mutex
 * @param limit how long another process is waited for
 */
record LockfileMutex(Path path, Duration limit) {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 10;

    /** The locked byte, far from the text: Windows does not let others read a locked part. */
    private static final long POSITION = 1 << 20;

    /** The mutex of a lock file. */
    static LockfileMutex of(Path file) {
        return new LockfileMutex(file.resolveSibling(file.getFileName() + ".busy"), LIMIT);
    }

    /** What is done while the mutex is held. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Waits for the mutex, and does some work.
     *
     * @throws LockException if another process has it for too long
     * @throws PullCancelledException if the wait was ended
     */
    <T> T run(BooleanSupplier cancelled, Work<T> work) throws IOException {
        // A lock of the system belongs to the process, and is lost when any thread closes the file. So the threads of
        // this
        // process exclude each other first, those of other class loaders too: interned texts are the same for all of
        // them.
        synchronized (("dev.jpull.lockfile:" + path).intern()) {
            long deadline = System.nanoTime() + limit.toNanos();
            while (true) {
                try (FileChannel channel = FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS)) {
                    await(channel, deadline, cancelled);
                    Optional<T> result = runLocked(channel, work);
                    if (result.isPresent()) {
                        return result.get();
                    }
                }
                requireTime(deadline, cancelled);
            }
        }
    }

    private void await(FileChannel channel, long deadline, BooleanSupplier cancelled) throws IOException {
        while (true) {
            FileLock lock = channel.tryLock(POSITION, 1, false);
            if (lock != null) {
                return; // ends with the channel
            }
            requireTime(deadline, cancelled);
            pause();
        }
    }

    private void requireTime(long deadline, BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while another process changes the lock file");
        }
        if (System.nanoTime() - deadline > 0) {
            throw new LockException("another process has " + ForeignText.message(path.toString()) + " locked for "
                    + limit.toSeconds() + " s: end it, or wait for it");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while another process changes the lock file", e);
        }
    }

    /** Does the work if the locked file is the one that has the name. */
    private <T> Optional<T> runLocked(FileChannel channel, Work<T> work) throws IOException {
        byte[] own = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(own), 0);
        FileChannel named;
        try {
            named = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // its holder has deleted it
        }
        try (named) { // until the work is done, because the lock ends when any descriptor of the file is closed
            ByteBuffer text = ByteBuffer.allocate(own.length);
            named.read(text, 0);
            if (!Arrays.equals(own, text.array())) {
                return Optional.empty();
            }
            try {
                return Optional.of(work.run());
            } finally {
                Files.deleteIfExists(path);
            }
        }
    }
}
