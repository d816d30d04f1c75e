// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The frames of a zstd stream (RFC 8878), one after the other, by zstd-jni, to which this class has the only references. Skippable frames are
 * skipped here. Bytes after the last frame are refused, as {@code zstd} and containerd do.
 */
final class ZstdDecoder implements FrameDecoder {
    private static final int MAGIC = 0xfd2fb528;
    private static final int SKIPPABLE = 0x184d2a50;

    private final CompressedInput in;
    private final int maxWindowLog;
    private final ByteBuffer source;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    @GuardedBy("lock")
    private boolean closed;

    private long frames;
    private int barren;
    private boolean inFrame;

    ZstdDecoder(CompressedInput in, int maxWindowLog) {
        this.in = in;
        this.maxWindowLog = maxWindowLog;
        source = ByteBuffer.wrap(in.bytes());
        context.setLongMax(maxWindowLog);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(buffer, offset, length);
        while (inFrame || startFrame()) {
            boolean waiting = in.available() == 0;
            int used = decompress(target);
            int count = target.position() - offset;
            if (count > 0) {
                barren = 0;
                return count;
            }
            if (inFrame && used == 0) {
                if (!waiting) {
                    throw new DecodeException("the zstd frame has no valid continuation at byte " + in.offset());
                }
                if (!in.fill()) {
                    in.require(); // says that it ends too early
                }
            }
        }
        return -1;
    }

    private int decompress(ByteBuffer target) throws IOException {
        source.limit(in.limit()).position(in.position());
        try {
            synchronized (lock) {
                if (closed) {
                    throw new IOException("the stream of the layer is closed");
                }
                inFrame = !context.decompressByteBufferStream(target, source);
            }
        } catch (ZstdException e) {
            throw new DecodeException(
                    "zstd frame " + frames + " is damaged at or after byte " + in.offset() + ": " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new DecodeException(
                    "the library com.github.luben:zstd-jni on the class path is too old to decode layers; use 1.5.7-28 or later",
                    e);
        }
        int used = source.position() - in.position();
        in.skip(used);
        return used;
    }

    /** Goes to the next frame with content. */
    private boolean startFrame() throws IOException {
        while (true) {
            in.prefetch(ZstdFrameHeader.MAX_LENGTH);
            if (in.available() == 0) {
                return false;
            }
            if (++barren > MAX_BARREN) {
                throw new DecodeException("before byte " + in.offset() + " of the layer, " + MAX_BARREN
                        + " zstd frames in sequence have no content, which is the limit");
            }
            long start = in.offset();
            int magic = (int) in.littleEndian(4);
            frames++;
            if (magic == MAGIC) {
                in.unread(4);
                ZstdFrameHeader.peek(in).check(start, maxWindowLog);
                inFrame = true;
                return true;
            }
            if ((magic & 0xfffffff0) != SKIPPABLE) {
                throw new DecodeException("at byte " + start + " of the layer, " + (frames - 1)
                        + " zstd frames are followed by bytes that are no frame");
            }
            skip(in.littleEndian(4));
        }
    }

    private void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            if (in.available() == 0 && !in.fill()) {
                in.require(); // says that it ends too early
            }
            int step = (int) Math.min(left, in.available());
            in.skip(step);
            left -= step;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            context.close();
        }
    }
}
