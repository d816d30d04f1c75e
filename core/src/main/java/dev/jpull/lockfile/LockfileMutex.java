// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import dev.jpull.error.LockException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Lets one thread of one process at a time change a lock file. Threads of this process exclude each other by {@link #enter}. Between
 * processes, it is a file beside the lock file, which is locked, and deleted
 * afterwards so that no project gets a file that it has to ignore. A process that has waited for the file may hold the lock of a
 * deleted one: so the holder writes a text of its own into the file, and reads it by the name of the file.
 *
 * @param path the file of the mutex
 * @param limit how long a call waits for other threads and processes
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
     * @throws LockException if another thread or process has it for too long
     * @throws PullCancelledException if the wait was ended
     */
    <T> T run(BooleanSupplier cancelled, Work<T> work) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        // A lock of the system belongs to the process, and is lost when any thread closes the file: so threads come
        // first.
        Properties entered = System.getProperties();
        String key = key();
        while (!enter(entered, key)) {
            requireTime(deadline, cancelled);
            pause();
        }
        try {
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
        } finally {
            entered.remove(key);
        }
    }

    /**
     * Takes the mutex from the other threads of this process, those of other class loaders too, if it is free. It is a system
     * property while it is held: all class loaders share these, and one that is thrown away leaves none. Its value names the
     * properties that it belongs to, because a program that copies and restores the properties would bring it back.
     */
    static boolean enter(Properties shared, String key) {
        String owner = Integer.toHexString(System.identityHashCode(shared));
        Object holder = shared.putIfAbsent(key, owner);
        return holder == null || !holder.equals(owner) && shared.replace(key, holder, owner);
    }

    /** The same for all paths to the file: by way of links, and in another letter case, which some file systems do not tell apart. */
    private String key() throws IOException {
        Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent());
        Object identity =
                Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        return "dev.jpull.lockfile:" + (identity == null ? directory.toRealPath() : identity) + "/"
                + String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    }

    private void await(FileChannel channel, long deadline, BooleanSupplier cancelled) throws IOException {
        while (true) {
            if (isLocked(channel)) {
                return; // ends with the channel
            }
            requireTime(deadline, cancelled);
            pause();
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock(POSITION, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // a thread of this process has it that entered by other system properties
        }
    }

    private void requireTime(long deadline, BooleanSupplier cancelled) {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while another thread or process changes the lock file");
        }
        if (System.nanoTime() - deadline > 0) {
            throw new LockException("another thread or process has " + ForeignText.message(path.toString())
                    + " locked for " + limit.toSeconds() + " s: end it, or wait for it");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while another thread or process changes the lock file", e);
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
