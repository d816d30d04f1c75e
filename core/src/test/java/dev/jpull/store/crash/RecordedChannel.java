// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A channel that writes down what it writes and flushes. */
final class RecordedChannel extends FileChannel {
    private final FileChannel real;
    private final DiskLog log;
    private final DiskLog.@Nullable File file;
    private final @Nullable Path directory;

    RecordedChannel(FileChannel real, DiskLog log, DiskLog.@Nullable File file, @Nullable Path directory) {
        this.real = real;
        this.log = log;
        this.file = file;
        this.directory = directory;
    }

    private int written(ByteBuffer source, long position, int before, int count) {
        byte[] bytes = new byte[count];
        source.duplicate().position(before).get(bytes);
        if (file != null) {
            log.wrote(file, position, bytes);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int before = source.position();
        long position = real.position();
        return written(source, position, before, real.write(source));
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        int before = source.position();
        return written(source, position, before, real.write(source, position));
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        real.truncate(size);
        if (file != null) {
            log.truncated(file, size);
        }
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        real.force(metaData);
        if (file != null) {
            log.flushed(file);
        } else if (directory != null) {
            log.flushedDirectory(directory);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return real.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return real.read(targets, offset, length);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return real.read(target, position);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
