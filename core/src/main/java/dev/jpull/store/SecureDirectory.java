// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.file.RegularFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
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
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory whose files are opened and made relative to its descriptor (openat, renameat, unlinkat). */
final class SecureDirectory extends StoreDirectory {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final SecureDirectoryStream<Path> stream;

    SecureDirectory(Path path, SecureDirectoryStream<Path> stream) {
        super(path);
        this.stream = stream;
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

    /**
     * Makes the directory relative to a descriptor of this one, because another user may have put a link in the place of its path.
     * The JDK has no mkdirat: on Linux, {@code /proc/self/fd} leads to a directory that is open, whatever has its path by now.
     */
    @Override
    void makeDirectory(String name, FileAttribute<?>... permissions) throws IOException {
        try (FileChannel open = self()) { // which is one of the descriptors, as long as it is open
            Path descriptor = descriptor();
            Files.createDirectory((descriptor == null ? path() : descriptor).resolve(name), permissions);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(pathOf(name).toString());
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(pathOf(name).toString());
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(pathOf(name).toString());
        } catch (FileSystemException e) {
            throw new FileSystemException(pathOf(name).toString(), null, e.getReason());
        }
    }

    /** The path of a descriptor of this directory, or null where the system has none. */
    private @Nullable Path descriptor() throws IOException {
        Object key = attributes().fileKey();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                if (isOf(key, descriptor)) {
                    return descriptor;
                }
            }
        } catch (NotDirectoryException | NoSuchFileException e) {
            return null; // not Linux
        }
        return null;
    }

    private static boolean isOf(Object key, Path descriptor) {
        try {
            return Objects.equals(
                    key,
                    Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return false; // closed meanwhile, or of a kind without a path
        }
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
        stream.close();
    }
}
