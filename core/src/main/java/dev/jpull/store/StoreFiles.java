// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Puts files into place so that a crash leaves the old state or the new one: write, flush, rename, flush the directory.
 *
 * @param flushes whether it does; without, only a crash of the process is survived, and not one of the machine
 */
record StoreFiles(boolean flushes) {
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    /** Makes a directory and those that it is in, so that they last: a file in a directory that is lost is lost as well. */
    void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (parent != null) {
            flushDirectory(parent);
        }
    }

    /** Gives a flushed file its final name. */
    void publish(Path written, Path target) throws IOException {
        createDirectories(parent(target));
        Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        flushDirectory(parent(target));
    }

    /** Writes a whole file under a name that was not used before, and flushes it. */
    void writeNew(Path file, byte[] content) throws IOException {
        Files.createDirectories(parent(file));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            flush(channel);
        }
    }

    /** Sees to it that what was written is on the disk. */
    void flush(FileChannel channel) throws IOException {
        if (flushes) {
            channel.force(true);
        }
    }

    /** Keeps everybody from writing to a blob by mistake. */
    static void makeReadOnly(Path file) throws IOException {
        if (!WINDOWS) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        }
    }

    private void flushDirectory(Path directory) throws IOException {
        if (flushes && !WINDOWS) { // Windows has no way to open a directory
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " has no parent");
        }
        return parent;
    }

    /** The failure in words, with what to do. */
    static StoreException failure(String action, Path path, IOException e) {
        return new StoreException("cannot " + action + " " + path + ": " + reason(e), e);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied: choose another place with --store, or change the permissions";
        }
        if (e instanceof NotDirectoryException || e instanceof FileAlreadyExistsException) {
            return "it is a file, but must be a directory: choose another place with --store";
        }
        if (e instanceof NoSuchFileException) {
            return "it is not there";
        }
        String text = e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : String.valueOf(e.getMessage());
        if (text.contains("No space left") || text.contains("quota") || text.contains("not enough space")) {
            return "the disk is full: make room, and pull again to go on where it stopped";
        }
        if (text.contains("Not a directory")) {
            return "it is a file, but must be a directory: choose another place with --store";
        }
        return text;
    }
}
