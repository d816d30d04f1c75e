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
import java.util.Set;

/**
 * The one way in which configuration and store files are read: only a regular file is opened, because opening a fifo waits for
 * its other end and a device may never end, and no more than a given number of bytes is read.
 *
 * <p>The kind of a file is looked at before the file is opened. A user that may write to its directory can put a fifo in its
 * place between the two; the JDK has no way to open a file without waiting.
 */
public final class RegularFile {
    private static final int TYPE_BITS = 0170000;
    private static final int FIFO = 0010000;
    private static final int SOCKET = 0140000;

    private RegularFile() {}

    /** The path names something other than what is needed there: a fifo, a device, or a link that is not to be followed. */
    public static final class NotRegularException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        NotRegularException(Path file, String kind, String needed) {
            super(file.toString(), null, kind + ", but must be a " + needed);
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
        try (InputStream in = Files.newInputStream(file, (OpenOption[]) links)) {
            return read(in, file, max);
        }
    }

    /**
     * Reads what is left of an opened file.
     *
     * @param file its path, for the message
     * @param max how many bytes there may be
     * @throws TooLargeException if there are more
     */
    public static byte[] read(InputStream in, Path file, int max) throws IOException {
        byte[] content = in.readNBytes(max);
        if (content.length == max && in.read() >= 0) {
            throw new TooLargeException(file, max);
        }
        return content;
    }

    /**
     * Refuses what is no regular file.
     *
     * @throws java.nio.file.NoSuchFileException if there is nothing at the path
     * @throws NotRegularException if it is no regular file; says its kind and, where the system tells, its owner
     */
    public static BasicFileAttributes require(Path file, LinkOption... links) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, links);
        if (!attributes.isRegularFile()) {
            throw refusal(file, attributes, "regular file");
        }
        return attributes;
    }

    /**
     * The refusal of a file that is not what is needed.
     *
     * @param attributes what the file is
     * @param needed what it must be
     */
    public static NotRegularException refusal(Path file, BasicFileAttributes attributes, String needed) {
        return new NotRegularException(file, "it is " + describe(file, attributes), needed);
    }

    /** The kind of a file and, where the system tells, its owner: {@code a symbolic link of alice}. */
    public static String describe(Path file, BasicFileAttributes attributes) {
        return kind(file, attributes) + owner(file);
    }

    /** Whether other names (hard links) lead to the same file, as far as the system tells. */
    public static boolean hasOtherNames(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer names
                && names > 1;
    }

    private static String kind(Path file, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return "a regular file";
        }
        if (attributes.isDirectory()) {
            return "a directory";
        }
        if (attributes.isSymbolicLink()) {
            return "a symbolic link";
        }
        int type = 0;
        try {
            Set<String> views = file.getFileSystem().supportedFileAttributeViews();
            if (views.contains("unix") && Files.getAttribute(file, "unix:mode") instanceof Integer mode) {
                type = mode & TYPE_BITS;
            }
        } catch (IOException e) {
            return "a fifo, a socket or a device"; // gone or hidden meanwhile: the refusal stands all the same
        }
        return type == 0
                ? "a fifo, a socket or a device"
                : type == FIFO ? "a fifo" : type == SOCKET ? "a socket" : "a device";
    }

    private static String owner(Path file) {
        try {
            Set<String> views = file.getFileSystem().supportedFileAttributeViews();
            return views.contains("owner") || views.contains("posix")
                    ? " of " + Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName()
                    : "";
        } catch (IOException e) {
            return ""; // gone or hidden meanwhile: the refusal stands all the same
        }
    }
}
