// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.file.RegularFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** A directory of a file system that opens files by their whole paths alone. */
final class PlainDirectory extends StoreDirectory {
    PlainDirectory(Path path) {
        super(path);
    }

    @Override
    StoreDirectory child(String name) throws IOException {
        BasicFileAttributes named = attributes(name);
        if (!named.isDirectory()) {
            throw RegularFile.refusal(pathOf(name), named, "directory");
        }
        return new PlainDirectory(pathOf(name));
    }

    @Override
    BasicFileAttributes attributes(String name) throws IOException {
        return attributesOf(pathOf(name));
    }

    @Override
    BasicFileAttributes attributes() throws IOException {
        return attributesOf(path());
    }

    private static BasicFileAttributes attributesOf(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                : Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    FileChannel channel(String name, Set<OpenOption> options) throws IOException {
        return FileChannel.open(pathOf(name), withoutLinks(options));
    }

    @Override
    void delete(String name) throws IOException {
        Files.delete(pathOf(name));
    }

    @Override
    void move(String name, StoreDirectory target, String newName) throws IOException {
        Files.move(
                pathOf(name),
                target.pathOf(newName),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    void setPermissions(String name, Set<PosixFilePermission> permissions) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(pathOf(name), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null) { // else the file system has no permissions
            view.setPermissions(permissions);
        }
    }

    @Override
    void setModified(String name, FileTime time) throws IOException {
        Files.getFileAttributeView(pathOf(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(time, null, null);
    }

    @Override
    void visitNames(NameVisitor visitor) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path())) {
            for (Path file : files) {
                visitor.visit(String.valueOf(file.getFileName()));
            }
        }
    }

    @Override
    FileChannel self() throws IOException {
        return FileChannel.open(path(), StandardOpenOption.READ);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
