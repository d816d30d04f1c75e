// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * A lock that holds between threads, engines and processes, and that a killed process leaves free. Its file stays: a lock on
 * a file that somebody deletes is worth nothing.
 *
 * <p>The system's lock belongs to the process, and is lost as soon as the process closes any descriptor of the file. So a
 * thread must hold the name within the process before it opens the file, nobody else opens it, and one that another class
 * loader's copy of this class holds is left open until it is free.
 */
final class FileMutex implements Closeable {
    private static final long POLL_MILLIS = 25;

    /** The locks that this process holds or waits for; empty when nothing is going on. */
    private static final Set<Path> NAMES = ConcurrentHashMap.newKeySet();

    /** Files that must not be closed because a copy of this class holds their locks. */
    private static final Map<Path, FileChannel> PARKED = new ConcurrentHashMap<>();

    private final Path file;
    private final FileChannel channel;

    private FileMutex(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for the lock.
     *
     * @param lockFile a file that nobody uses for anything else, and nobody deletes
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
            Optional<FileChannel> locked = lock(file, giveUp);
            acquired = locked.isPresent();
            return locked.map(channel -> new FileMutex(file, channel));
        } finally {
            if (!acquired) {
                NAMES.remove(file);
            }
        }
    }

    private static Optional<FileChannel> lock(Path file, BooleanSupplier giveUp) throws IOException {
        FileChannel channel = PARKED.remove(file);
        if (channel == null) {
            Files.createDirectories(StoreFiles.parent(file));
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        boolean heldByCopy = false;
        boolean locked = false;
        try {
            while (!locked) {
                try {
                    heldByCopy = false;
                    locked = channel.tryLock() != null;
                } catch (OverlappingFileLockException e) {
                    heldByCopy = true;
                }
                if (!locked && giveUp.getAsBoolean()) {
                    return Optional.empty();
                }
                if (!locked) {
                    pause();
                }
            }
            return Optional.of(channel);
        } finally {
            if (heldByCopy) {
                PARKED.put(file, channel);
            } else if (!locked) {
                channel.close();
            }
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
        try {
            channel.close();
        } finally {
            NAMES.remove(file);
        }
    }
}
