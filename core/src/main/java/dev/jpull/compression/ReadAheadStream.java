// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a source on another thread into a bounded number of reused buffers, so that inflating uses one core while the reader
 * hashes, parses or writes on its own. The source belongs to that thread, which closes it. For one reading thread; another may
 * close it.
 */
public final class ReadAheadStream extends InputStream {
    /** How many buffers there are by default; one is with the reader, one with the source. */
    public static final int PIECES = 4;
    /** How many bytes each has by default. */
    public static final int PIECE_BYTES = 256 << 10;

    /** How long closing waits for a source that does not end when its thread is interrupted. */
    private static final long CLOSE_NANOS = Duration.ofSeconds(5).toNanos();

    private final InputStream source;
    private final int pieces;
    private final int pieceBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Buffers with content, in order. */
    @GuardedBy("lock")
    private final Deque<Piece> full = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Deque<byte[]> free = new ArrayDeque<>();

    @GuardedBy("lock")
    private int allocated;

    /** The thread that reads the source, while it does. */
    @GuardedBy("lock")
    private @Nullable Thread producer;

    @GuardedBy("lock")
    private boolean started;

    @GuardedBy("lock")
    private boolean ended;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private @Nullable Throwable failure;

    @GuardedBy("lock")
    private @Nullable IOException closeFailure;

    /** With the reader. */
    private @Nullable Piece current;

    private int position;

    private record Piece(byte[] bytes, int length) {}

    private ReadAheadStream(InputStream source, int pieces, int pieceBytes) {
        if (pieces < 2 || pieceBytes < 1) {
            throw new IllegalArgumentException(pieces + " buffers of " + pieceBytes + " bytes");
        }
        this.source = source;
        this.pieces = pieces;
        this.pieceBytes = pieceBytes;
    }

    /** Starts to read, with {@link #PIECES} buffers of {@link #PIECE_BYTES}. */
    public static ReadAheadStream start(InputStream source, Executor executor) throws IOException {
        return start(source, executor, PIECES, PIECE_BYTES);
    }

    /**
     * Starts to read.
     *
     * @param source closed by the thread that reads it, at its end or when this stream is closed; closed at once when the
     *     executor takes no work
     * @param executor runs one task, until the source ends
     * @param pieces how many buffers there are, at least 2
     * @param pieceBytes how many bytes each has, at least 1
     * @throws RejectedExecutionException from the executor
     * @throws IOException if the source cannot be closed then
     */
    public static ReadAheadStream start(InputStream source, Executor executor, int pieces, int pieceBytes)
            throws IOException {
        ReadAheadStream stream = new ReadAheadStream(source, pieces, pieceBytes);
        try {
            executor.execute(stream::produce);
        } catch (RejectedExecutionException e) {
            try (stream) {
                throw e;
            }
        }
        return stream;
    }

    private void produce() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            started = true;
            producer = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        Throwable thrown = null;
        try {
            copy();
        } catch (Throwable e) { // the reader gets it, whatever it is
            thrown = e;
        }
        IOException closing = null;
        try {
            source.close();
        } catch (IOException e) {
            closing = e;
        } catch (RuntimeException e) {
            closing = new IOException(e);
        }
        end(thrown, closing);
    }

    private void end(@Nullable Throwable thrown, @Nullable IOException closing) {
        lock.lock();
        try {
            producer = null;
            if (closed) {
                Thread.interrupted(); // close() was the cause; the thread goes on to other work
            } else if (thrown instanceof InterruptedIOException) {
                Thread.currentThread().interrupt();
            }
            failure = thrown;
            closeFailure = closing;
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void copy() throws IOException {
        boolean more = true;
        while (more) {
            byte[] buffer = takeFree();
            if (buffer == null) {
                return;
            }
            int length = 0;
            try {
                while (more && length < buffer.length) {
                    int read = source.read(buffer, length, buffer.length - length);
                    more = read >= 0;
                    length += Math.max(read, 0);
                }
            } finally {
                handOver(new Piece(buffer, length)); // before a failure, what was read until then
            }
        }
    }

    /** A buffer to fill; null once the stream is closed. */
    private byte @Nullable [] takeFree() throws InterruptedIOException {
        lock.lock();
        try {
            while (!closed && free.isEmpty() && allocated == pieces) {
                changed.await();
            }
            if (closed) {
                return null;
            }
            byte[] buffer = free.poll();
            if (buffer == null) {
                allocated++;
                buffer = new byte[pieceBytes];
            }
            return buffer;
        } catch (InterruptedException e) {
            throw interrupted("reading ahead", e);
        } finally {
            lock.unlock();
        }
    }

    private void handOver(Piece piece) {
        lock.lock();
        try {
            if (!closed && piece.length() > 0) {
                full.add(piece);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the interrupt for the caller. */
    private static InterruptedIOException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException(what + " was interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * @throws InterruptedIOException if this thread is interrupted, or the one that reads the source
     * @throws IOException what the source throws, after the bytes before it
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        Piece piece = current;
        if (piece == null || position == piece.length()) {
            piece = exchange(piece);
            current = piece;
            position = 0;
            if (piece == null) {
                return -1;
            }
        }
        int count = Math.min(length, piece.length() - position);
        System.arraycopy(piece.bytes(), position, buffer, offset, count);
        position += count;
        return count;
    }

    /** The next buffer for one that is used; null at the end. */
    private @Nullable Piece exchange(@Nullable Piece used) throws IOException {
        lock.lock();
        try {
            if (used != null) {
                free.add(used.bytes());
                changed.signalAll();
            }
            current = null;
            while (!closed && full.isEmpty() && !ended) {
                changed.await();
            }
            if (closed) {
                throw new IOException("the stream that reads ahead is closed");
            }
            Piece next = full.poll();
            if (next == null && failure != null) {
                rethrow(failure);
            }
            return next;
        } catch (InterruptedException e) {
            throw interrupted("waiting for bytes that are read ahead", e);
        } finally {
            lock.unlock();
        }
    }

    private static void rethrow(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        throw new IOException(failure);
    }

    /**
     * Ends reading: interrupts the thread that reads the source and waits until the source is closed, five seconds at most;
     * then it closes the source from here.
     *
     * @throws IOException if the source cannot be closed
     */
    @Override
    public void close() throws IOException {
        if (!stop()) {
            source.close();
        }
        lock.lock();
        try {
            if (closeFailure != null) {
                throw closeFailure;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the source is closed, or will be by its thread. */
    private boolean stop() {
        lock.lock();
        try {
            closed = true;
            full.clear();
            free.clear();
            changed.signalAll();
            if (!started) {
                started = true;
                ended = true;
                return false;
            }
            if (producer != null) {
                producer.interrupt();
            }
            long left = CLOSE_NANOS;
            while (!ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
