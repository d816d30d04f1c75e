// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A regular file that is open. For use by one thread. */
public final class OpenFile implements Closeable {
    private static final byte[] SELF = "the open file".getBytes(StandardCharsets.US_ASCII);

    private static final int SEEK_SET = 0;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final Descriptor descriptor;

    OpenFile(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Its attributes. */
    public Attributes attributes() {
        return new OpenAttributes(descriptor);
    }

    /** Appends bytes, in as many calls as it takes. */
    public void write(NativeBuffer buffer, byte[] source, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, buffer.capacity());
            long from = buffer.fill(source, offset + done, part);
            int written = 0;
            while (written < part) {
                long n = Libc.write(descriptor.number(), from + written, part - written);
                written += progress(n);
            }
            done += part;
        }
    }

    /** Writes bytes at a position, in bytes from the start of the file; a gap before it becomes a hole. */
    public void writeAt(long position, NativeBuffer buffer, byte[] source, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, buffer.capacity());
            long from = buffer.fill(source, offset + done, part);
            int written = 0;
            while (written < part) {
                long n = Libc.pwrite(descriptor.number(), from + written, part - written, position + done + written);
                written += progress(n);
            }
            done += part;
        }
    }

    private static int progress(long count) throws IOException {
        if (count > 0) {
            return (int) count;
        }
        if (count < 0 && Errno.interrupted()) {
            return 0;
        }
        throw count < 0 ? Errno.failure(SELF) : Errno.failure(Errno.ENOSPC, "the open file");
    }

    /** Reads what comes next, at most as much as the buffer takes. Returns how many bytes, or -1 at the end. */
    public int read(NativeBuffer buffer, byte[] target, int offset, int length) throws IOException {
        int most = Math.min(length, buffer.capacity());
        long count;
        do {
            count = Libc.read(descriptor.number(), buffer.address(), most);
        } while (count < 0 && Errno.interrupted());
        if (count < 0) {
            throw Errno.failure(SELF);
        }
        buffer.copyTo(target, offset, (int) count);
        return count == 0 && most > 0 ? -1 : (int) count;
    }

    /** Gives it this size, in bytes; what is added is a hole. */
    public void setSize(long size) throws IOException {
        int result;
        do {
            result = Libc.ftruncate(descriptor.number(), size);
        } while (result < 0 && Errno.interrupted());
        if (result < 0) {
            throw Errno.failure(SELF);
        }
    }

    /**
     * Makes the content that of another file without copying it, where the file system can share it (FICLONE).
     *
     * @return false if it cannot, and nothing was changed
     */
    public boolean cloneFrom(OpenFile source) {
        return Libc.ioctl(descriptor.number(), Abi.FICLONE, source.descriptor.number()) == 0;
    }

    /**
     * Copies bytes of another file, from its present position to the one here, inside the kernel (copy_file_range).
     *
     * @return how many bytes, 0 at the end of the source; -1 if the file systems cannot, and nothing was changed
     */
    public long copyFrom(OpenFile source, long length) throws IOException {
        long count;
        do {
            count = Libc.syscall(
                    Abi.HERE.copyFileRange(), source.descriptor.number(), 0, descriptor.number(), 0, length, 0);
        } while (count < 0 && Errno.interrupted());
        if (count >= 0) {
            return count;
        }
        return switch (Errno.last()) {
            case Errno.EXDEV, Errno.EINVAL, Errno.ENOSYS, Errno.EOPNOTSUPP, Errno.EPERM -> -1;
            default -> throw Errno.failure(SELF);
        };
    }

    /** Moves the position to the next byte from here that is stored and not part of a hole; returns it, or -1 after the last. */
    public long seekData(long from) throws IOException {
        long position = Libc.lseek(descriptor.number(), from, SEEK_DATA);
        if (position < 0 && Errno.last() != Errno.ENXIO) {
            throw Errno.failure(SELF);
        }
        return position;
    }

    /** Moves the position to the next hole from here, which is within the file, or to the end of the file; returns it. */
    public long seekHole(long from) throws IOException {
        return seek(from, SEEK_HOLE);
    }

    /** Moves the position, in bytes from the start of the file. */
    public void seekTo(long position) throws IOException {
        seek(position, SEEK_SET);
    }

    private long seek(long offset, int whence) throws IOException {
        long position = Libc.lseek(descriptor.number(), offset, whence);
        if (position < 0) {
            throw Errno.failure(SELF);
        }
        return position;
    }

    /** Brings the content to the disk. */
    public void flush() throws IOException {
        if (Libc.fsync(descriptor.number()) < 0) {
            throw Errno.failure(SELF);
        }
    }

    @Override
    public void close() throws IOException {
        descriptor.close();
    }
}
