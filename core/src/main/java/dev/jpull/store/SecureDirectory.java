// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.file.RegularFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A directory in which files are opened and made relative to its descriptor (openat, renameat, unlinkat). */
final class SecureDirectory extends StoreDirectory {
    private final SecureDirectoryStream<Path> stream;
    private final Sharing sharing;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What the users of one descriptor share. */
    private static final class Sharing {
        private final AtomicInteger users = new AtomicInteger(1);
        private volatile @Nullable Object key;
        /** Whether it was seen that this user alone may write; after that, only this user and root can change it. */
        private volatile boolean own;
    }

    SecureDirectory(Path path, SecureDirectoryStream<Path> stream) {
        this(path, stream, new Sharing());
    }

    private SecureDirectory(Path path, SecureDirectoryStream<Path> stream, Sharing sharing) {
        super(path);
        this.stream = stream;
        this.sharing = sharing;
    }

    /** The same descriptor for one more user. The last one closes it; this one must not be closed meanwhile. */
    SecureDirectory shared() {
        sharing.users.incrementAndGet();
        return new SecureDirectory(path(), stream, sharing);
    }

    /** Whether the path of the directory leads to it, and not to another one that was made or put in its place. */
    boolean isAtItsPath() throws IOException {
        try {
            if (sharing.key == null) {
                sharing.key = attributes().fileKey();
            }
            Object there =
                    Files.readAttributes(path(), BasicFileAttributes.class).fileKey();
            return there != null && there.equals(sharing.key);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private Path relative(String name) {
        return path().getFileSystem().getPath(name);
    }

    private PosixFileAttributeView view(String name) {
        return stream.getFileAttributeView(relative(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Opens {@code name/.}, which never waits, not even when the name is a fifo's; whether a link was followed shows in what was
     * opened.
     */
    @Override
    StoreDirectory child(String name) throws IOException {
        BasicFileAttributes named = attributes(name);
        if (!named.isDirectory()) {
            throw RegularFile.refusal(pathOf(name), named, "directory");
        }
        SecureDirectory opened = new SecureDirectory(
                pathOf(name), stream.newDirectoryStream(relative(name).resolve(".")));
        try {
            if (!Objects.equals(opened.attributes().fileKey(), named.fileKey())) {
                throw new FileSystemException(
                        pathOf(name).toString(), null, "it was replaced while it was opened: try again");
            }
            return opened;
        } catch (IOException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    @Override
    BasicFileAttributes attributes(String name) throws IOException {
        return view(name).readAttributes();
    }

    @Override
    BasicFileAttributes attributes() throws IOException {
        return stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    }

    @Override
    boolean isOwn() throws IOException {
        sharing.own = sharing.own || super.isOwn();
        return sharing.own;
    }

    @Override
    FileChannel channel(String name, Set<OpenOption> options) throws IOException {
        return (FileChannel) stream.newByteChannel(relative(name), Set.of(withoutLinks(options)));
    }

    @Override
    void delete(String name) throws IOException {
        stream.deleteFile(relative(name));
    }

    @Override
    void move(String name, StoreDirectory target, String newName) throws IOException {
        stream.move(relative(name), ((SecureDirectory) target).stream, relative(newName));
    }

    @Override
    void setPermissions(String name, Set<PosixFilePermission> permissions) throws IOException {
        view(name).setPermissions(permissions);
    }

    @Override
    void setModified(String name, FileTime time) throws IOException {
        BasicFileAttributeView view = view(name);
        view.setTimes(time, null, null);
    }

    @Override
    void visitNames(NameVisitor visitor) throws IOException {
        try (SecureDirectoryStream<Path> fresh = stream.newDirectoryStream(relative("."))) {
            for (Path file : fresh) {
                visitor.visit(String.valueOf(file.getFileName()));
            }
        }
    }

    @Override
    FileChannel self() throws IOException {
        return (FileChannel) stream.newByteChannel(relative("."), Set.of(StandardOpenOption.READ));
    }

    @Override
    public void close() throws IOException {
        if (!closed.getAndSet(true) && sharing.users.decrementAndGet() == 0) {
            stream.close();
        }
    }
}
