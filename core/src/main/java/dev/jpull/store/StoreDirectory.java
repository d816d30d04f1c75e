// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.file.RegularFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open directory of a store. What is in it is reached by name from the directory that was opened, whatever its path leads to
 * by now, and no link is followed: another user may write to the store as well. Where the system can do neither
 * ({@link PlainDirectory}), links are looked for before a file is opened.
 */
abstract class StoreDirectory implements Closeable {
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");
    private static final Set<PosixFilePermission> READ_ONLY = PosixFilePermissions.fromString("r--r--r--");
    private static final Set<PosixFilePermission> OWNER_WRITES = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path path;

    StoreDirectory(Path path) {
        this.path = path;
    }

    /** Opens the directory of a store; the path to it belongs to the user, and may have links. */
    @SuppressWarnings("StreamResourceLeak") // it is closed with the directory
    static StoreDirectory open(Path path) throws IOException {
        if (!Files.isDirectory(path)) { // also because opening a fifo would wait for its other end
            throw Files.exists(path)
                    ? new NotDirectoryException(path.toString())
                    : new NoSuchFileException(path.toString());
        }
        DirectoryStream<Path> stream = Files.newDirectoryStream(path);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return new SecureDirectory(path, secure);
        }
        stream.close();
        return new PlainDirectory(path);
    }

    /** Where the directory was when it was opened. */
    final Path path() {
        return path;
    }

    /** Where a file of the directory is, for messages. */
    final Path pathOf(String name) {
        return path.resolve(name);
    }

    /**
     * Opens a directory in this one.
     *
     * @throws NoSuchFileException if it is not there
     * @throws RegularFile.NotRegularException if it is something else, such as a link
     */
    abstract StoreDirectory child(String name) throws IOException;

    /** The attributes of a file; of a link, not of its target. */
    abstract BasicFileAttributes attributes(String name) throws IOException;

    /** What is known of this directory. */
    abstract BasicFileAttributes attributes() throws IOException;

    /** Whether this user, and apart from root no other, may change what the directory holds. */
    boolean isOwn() throws IOException {
        return StoreUser.mayAloneWrite(attributes());
    }

    /** Opens a file of any kind, unless it is a link. */
    abstract FileChannel channel(String name, Set<OpenOption> options) throws IOException;

    /** Deletes a name; of a link, not its target. */
    abstract void delete(String name) throws IOException;

    /** Renames a file atomically; a file that has the new name is replaced. */
    abstract void move(String name, StoreDirectory target, String newName) throws IOException;

    abstract void setPermissions(String name, Set<PosixFilePermission> permissions) throws IOException;

    abstract void setModified(String name, FileTime time) throws IOException;

    /** Sees a name. */
    interface NameVisitor {
        void visit(String name) throws IOException;
    }

    /** Goes over the names in the directory, in no order and without holding them: another user may have made any number. */
    abstract void visitNames(NameVisitor visitor) throws IOException;

    /** The names in the directory, in no order. */
    final List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        visitNames(names::add);
        return names;
    }

    /**
     * Opens a directory in this one, and makes it when it is not there.
     *
     * @param files flushes what is made
     * @param permissions what it has when it is made; none for the default
     */
    final StoreDirectory childOrNew(String name, StoreFiles files, FileAttribute<?>... permissions) throws IOException {
        try {
            return child(name);
        } catch (NoSuchFileException e) {
            try {
                Files.createDirectory(pathOf(name), permissions); // the JDK cannot do this relative to a directory
            } catch (FileAlreadyExistsException another) {
                return child(name); // made meanwhile
            }
            files.flush(this);
            return child(name);
        }
    }

    /** The same, but a directory that is made may only be written to by this user. */
    final StoreDirectory childOrNewPrivate(String name, StoreFiles files) throws IOException {
        return WINDOWS
                ? childOrNew(name, files)
                : childOrNew(name, files, PosixFilePermissions.asFileAttribute(OWNER_WRITES));
    }

    /** Whether there is something with this name, even a link that leads nowhere. */
    final boolean exists(String name) throws IOException {
        return attributesIfThere(name) != null;
    }

    final @Nullable BasicFileAttributes attributesIfThere(String name) throws IOException {
        try {
            return attributes(name);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** What is known of a file, which must be a regular one. */
    final BasicFileAttributes regular(String name) throws IOException {
        BasicFileAttributes attributes = attributes(name);
        if (!attributes.isRegularFile()) {
            throw RegularFile.refusal(pathOf(name), attributes, "regular file");
        }
        return attributes;
    }

    /**
     * Opens a regular file for reading. Another user with write access to the directory can put a fifo in the place of the
     * file after it was looked at, and opening that for reading alone would wait for its other end: where that is possible,
     * the file is opened for writing as well, which never waits, if this user may write to it.
     */
    final FileChannel read(String name) throws IOException {
        regular(name);
        if (isOwn()) {
            return channel(name, Set.of(StandardOpenOption.READ));
        }
        FileChannel channel = readShared(name);
        try {
            channel.position(); // a fifo has none
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new FileSystemException(
                    pathOf(name).toString(), null, "it was replaced by something that is no regular file: try again");
        }
    }

    private FileChannel readShared(String name) throws IOException {
        try {
            return channel(name, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            return channel(
                    name, Set.of(StandardOpenOption.READ)); // of another user, or on a disk that cannot be written to
        }
    }

    /** Opens a regular file for reading and writing, and makes it when it is not there; writing is for the owner to do. */
    final FileChannel readWrite(String name) throws IOException {
        if (exists(name)) {
            regular(name);
        }
        // for both, because that does not wait when a fifo has taken the place of the file
        return channel(name, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /**
     * Opens a regular file for reading and writing to which no other name leads and which belongs to this user; another file with
     * that name is replaced by an empty one. Only in a directory to which no other user may write.
     */
    final FileChannel readWriteOwn(String name) throws IOException {
        BasicFileAttributes there = attributesIfThere(name);
        if (there != null && (!StoreUser.owns(regular(name)) || RegularFile.hasOtherNames(pathOf(name)))) {
            delete(name);
        }
        return readWrite(name);
    }

    /** Makes a file under a name that nothing has, and opens it for reading and writing. */
    final FileChannel create(String name) throws IOException {
        return channel(name, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** Reads a regular file of limited size. */
    final byte[] content(String name, int max) throws IOException {
        try (FileChannel channel = read(name)) {
            return RegularFile.read(Channels.newInputStream(channel), pathOf(name), max);
        }
    }

    /** Writes a whole file under a name that nothing has; when that fails, the name is free again. */
    final void write(String name, byte[] content, StoreFiles files) throws IOException {
        try (FileChannel channel = create(name)) {
            try {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                files.flush(channel);
            } catch (IOException | RuntimeException | Error e) {
                deleteAfter(name, e);
                throw e;
            }
        }
    }

    /** Takes a name away because of a failure, to which it adds its own. */
    final void deleteAfter(String name, Throwable failure) {
        try {
            delete(name);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    final boolean deleteIfExists(String name) throws IOException {
        try {
            delete(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Protects a file from being written to by mistake. Only in a directory to which no other user may write: elsewhere another
     * file may have its name by now.
     */
    final void makeReadOnly(String name) throws IOException {
        if (!WINDOWS) {
            setPermissions(name, READ_ONLY);
        }
    }

    /** Notes when a file was used. */
    final void touch(String name, Instant time) throws IOException {
        regular(name);
        setModified(name, FileTime.from(time));
    }

    /** Brings to the disk which names the directory has. */
    final void force() throws IOException {
        if (!WINDOWS) { // Windows has no way to open a directory
            try (FileChannel channel = self()) {
                channel.force(true);
            }
        }
    }

    abstract FileChannel self() throws IOException;

    static OpenOption[] withoutLinks(Set<OpenOption> options) {
        List<OpenOption> all = new ArrayList<>(options);
        all.add(LinkOption.NOFOLLOW_LINKS);
        return all.toArray(OpenOption[]::new);
    }
}
