// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a lock file at once: after a crash the path has the old content or the new one. Called under the mutex of the file.
 *
 * @param path the lock file
 */
record LockfileWriter(Path path) {
    private static final System.Logger LOGGER = System.getLogger(LockfileWriter.class.getName());
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    /** Writes the content into a file beside it, brings that to the disk, and gives it the name. */
    void write(byte[] content) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "it is a symbolic link, which would be replaced: name the file that it leads to");
        }
        Path directory = Objects.requireNonNull(path.getParent());
        Path part = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(part); // left by a process that was killed
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                keepAttributes(part);
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        if (!WINDOWS) { // which has no way to open a directory
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** Gives the new file the owner, the group and the permissions of the old one. */
    private void keepAttributes(Path part) throws IOException {
        PosixFileAttributeView old = attributes(path);
        PosixFileAttributeView fresh = attributes(part);
        if (old == null || fresh == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        PosixFileAttributes wanted = old.readAttributes();
        PosixFileAttributes now = fresh.readAttributes();
        try {
            if (!wanted.group().equals(now.group())) {
                fresh.setGroup(wanted.group());
            }
            if (!wanted.owner().equals(now.owner())) {
                fresh.setOwner(wanted.owner());
            }
        } catch (
                FileSystemException
                        e) { // only root may give files away; another user may write into a shared directory
            LOGGER.log(System.Logger.Level.DEBUG, "the lock file cannot keep its owner and group", e);
        }
        fresh.setPermissions(wanted.permissions());
    }

    private static @Nullable PosixFileAttributeView attributes(Path file) {
        return Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
