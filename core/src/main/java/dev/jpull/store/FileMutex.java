// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * A lock that holds between threads, engines and processes, and that a killed process leaves free. The system's lock
 * belongs to the process, and is lost when any of its threads closes the file; so a thread must hold the name within
 * the process before it opens the file.
 */
final class FileMutex implements Closeable {
    private static final long POLL_MILLIS = 25;

    /** The locks that this process holds or waits for; empty when nothing is going on. */
    private static final Set<Path> NAMES = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FileMutex(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for the lock.
     *
     * @param lockFile a file that nobody uses for anything else; it is there while the lock is held
     * @param giveUp is asked while waiting
     * @return the lock, or empty when the waiting was given up
     */
    static Optional<FileMutex> acquire(Path lockFile, BooleanSupplier giveUp) throws IOException {
        Path file = lockFile.toAbsolutePath().normalize();
        while (!NAMES.add(file)) {
            if (giveUp.getAsBoolean()) {
                return Optional.empty();
            }
            pause();
        }
        boolean acquired = false;
        try {
            Files.createDirectories(StoreFiles.parent(file));
            while (true) {
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                try {
                    if (tryLock(channel) && isStill(file, channel)) {
                        acquired = true;
                        return Optional.of(new FileMutex(file, channel));
                    }
                } finally {
                    if (!acquired) {
                        channel.close();
                    }
                }
                if (giveUp.getAsBoolean()) {
                    return Optional.empty();
                }
                pause();
            }
        } finally {
            if (!acquired) {
                NAMES.remove(file);
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by a copy of this class that another class loader brought in
        }
    }

    /** The holder before us deletes the file: a lock on a deleted file is worth nothing, so see whether it is ours. */
    private static boolean isStill(Path file, FileChannel channel) throws IOException {
        byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(token), 0);
        try {
            return Arrays.equals(token, Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while waiting for another pull of the same content", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        } finally {
            NAMES.remove(file);
        }
    }
}
