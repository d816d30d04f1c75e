// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The one way in which configuration and store files are read: only a regular file is opened, because opening a fifo waits for
 * its other end and a device may never end, and no more than a given number of bytes is read.
 */
public final class RegularFile {
    private RegularFile() {}

    /** The path names something other than a regular file: a fifo, a directory, a device, or a link that is not to be followed. */
    public static final class NotRegularException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        NotRegularException(Path file, String kind) {
            super(file.toString(), null, kind + ", but must be a regular file");
        }
    }

    /** The file has more bytes than are read. */
    public static final class TooLargeException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        TooLargeException(Path file, int max) {
            super(file.toString(), null, "it has more than " + max + " bytes, which is the limit for such a file");
        }
    }

    /**
     * Reads a file.
     *
     * @param max how many bytes it may have
     * @param links {@link LinkOption#NOFOLLOW_LINKS} to refuse a symbolic link as the last part of the path
     * @throws java.nio.file.NoSuchFileException if there is nothing at the path
     * @throws NotRegularException if it is no regular file
     * @throws TooLargeException if it is larger
     */
    public static byte[] read(Path file, int max, LinkOption... links) throws IOException {
        require(file, links);
        byte[] content;
        try (InputStream in = Files.newInputStream(file, (OpenOption[]) links)) {
            content = in.readNBytes(max + 1);
        }
        if (content.length > max) {
            throw new TooLargeException(file, max);
        }
        return content;
    }

    /**
     * Refuses what is no regular file.
     *
     * @throws java.nio.file.NoSuchFileException if there is nothing at the path
     * @throws NotRegularException if it is no regular file; says what it is and, where the system tells, whose
     */
    public static BasicFileAttributes require(Path file, LinkOption... links) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, links);
        if (!attributes.isRegularFile()) {
            throw new NotRegularException(file, kind(attributes) + owner(file));
        }
        return attributes;
    }

    private static String kind(BasicFileAttributes attributes) {
        return attributes.isDirectory()
                ? "it is a directory"
                : attributes.isSymbolicLink() ? "it is a symbolic link" : "it is a fifo, a socket or a device";
    }

    private static String owner(Path file) throws IOException {
        return Files.getFileStore(file.getFileSystem().getPath(".")).supportsFileAttributeView("owner")
                ? " of " + Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName()
                : "";
    }
}
