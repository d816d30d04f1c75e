// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** A path of the recording file system: the real one, but for its provider. */
record RecordedPath(RecordingFiles.RecordingFileSystem fileSystem, Path real) implements Path {
    private @Nullable Path wrap(@Nullable Path path) {
        return path == null ? null : fileSystem.wrapped(path);
    }

    private Path always(Path path) {
        return fileSystem.wrapped(path);
    }

    @Override
    public FileSystem getFileSystem() {
        return fileSystem;
    }

    @Override
    public boolean isAbsolute() {
        return real.isAbsolute();
    }

    @Override
    public @Nullable Path getRoot() {
        return wrap(real.getRoot());
    }

    @Override
    public @Nullable Path getFileName() {
        return wrap(real.getFileName());
    }

    @Override
    public @Nullable Path getParent() {
        return wrap(real.getParent());
    }

    @Override
    public int getNameCount() {
        return real.getNameCount();
    }

    @Override
    public Path getName(int index) {
        return always(real.getName(index));
    }

    @Override
    public Path subpath(int beginIndex, int endIndex) {
        return always(real.subpath(beginIndex, endIndex));
    }

    @Override
    public boolean startsWith(Path other) {
        return real.startsWith(RecordingFiles.real(other));
    }

    @Override
    public boolean endsWith(Path other) {
        return real.endsWith(RecordingFiles.real(other));
    }

    @Override
    public Path normalize() {
        return always(real.normalize());
    }

    @Override
    public Path resolve(Path other) {
        return always(real.resolve(RecordingFiles.real(other)));
    }

    @Override
    public Path relativize(Path other) {
        return always(real.relativize(RecordingFiles.real(other)));
    }

    @Override
    public URI toUri() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path toAbsolutePath() {
        return always(real.toAbsolutePath());
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        return always(real.toRealPath(options));
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Path other) {
        return real.compareTo(RecordingFiles.real(other));
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
