// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Inflates by ISA-L. Its state, a copy of the input buffer and an output buffer are one allocation outside of the heap, freed
 * by {@link #close()}. The library gets the exact bounds of both buffers; what it returns is checked against them.
 */
final class IsalInflater implements RawInflater {
    /** Three times what 2.30 needs, because later versions may need more. */
    private static final int STATE = 256 << 10;

    private static final int INPUT = STATE;
    private static final int OUTPUT = STATE + CompressedInput.CAPACITY;
    /** How much is inflated at a time; for each call, ISA-L copies 32 KiB of history. */
    private static final int OUTPUT_BYTES = 256 << 10;

    // Offsets in struct inflate_state of isa-l/igzip_lib.h, for a 64-bit processor; IsalSelfTest fails if they are
    // wrong.
    private static final int NEXT_OUT = 0;
    private static final int AVAIL_OUT = 8;
    private static final int NEXT_IN = 16;
    private static final int AVAIL_IN = 32;
    private static final int READ_IN_LENGTH = 36;
    private static final int BLOCK_STATE = 21160;
    private static final int BLOCK_FINISH = 5;

    private final Memory memory = new Memory(OUTPUT + OUTPUT_BYTES);
    private final long address = Pointer.nativeValue(memory);

    @GuardedBy("this")
    private final ByteBuffer view = memory.getByteBuffer(0, memory.size()).order(ByteOrder.nativeOrder());

    /** Which content of the input buffer the copy has. */
    private long copied = -1;

    private int outputStart;
    private int outputEnd;
    private boolean ended;

    @GuardedBy("this")
    private boolean closed;

    IsalInflater() {
        IsalLibrary.bind();
        memory.clear(STATE);
    }

    @Override
    public synchronized void reset() throws IOException {
        checkOpen();
        IsalLibrary.isal_inflate_init(memory);
        outputStart = 0;
        outputEnd = 0;
        ended = false;
    }

    @Override
    public synchronized int inflate(CompressedInput in, byte[] buffer, int offset, int length) throws IOException {
        checkOpen();
        if (outputStart == outputEnd && !ended) {
            outputStart = 0;
            outputEnd = inflate(in);
        }
        int count = Math.min(length, outputEnd - outputStart);
        view.position(OUTPUT + outputStart).get(buffer, offset, count);
        outputStart += count;
        return count;
    }

    /** Fills the output buffer as far as the input allows. */
    @GuardedBy("this")
    private int inflate(CompressedInput in) throws IOException {
        if (copied != in.fills()) {
            view.position(INPUT).put(in.bytes(), 0, in.limit());
            copied = in.fills();
        }
        int available = in.available();
        view.putLong(NEXT_OUT, address + OUTPUT);
        view.putInt(AVAIL_OUT, OUTPUT_BYTES);
        view.putLong(NEXT_IN, address + INPUT + in.position());
        view.putInt(AVAIL_IN, available);
        int result = IsalLibrary.isal_inflate(memory);
        if (result != 0) {
            throw new DecodeException(
                    "the deflate stream is damaged at or after byte " + in.offset() + ": ISA-L returns " + result);
        }
        int used = available - view.getInt(AVAIL_IN);
        int produced = OUTPUT_BYTES - view.getInt(AVAIL_OUT);
        int unused = 0;
        ended = view.getInt(BLOCK_STATE) == BLOCK_FINISH;
        if (ended) {
            unused =
                    view.getInt(READ_IN_LENGTH) / Byte.SIZE; // whole bytes in its register, which are behind the stream
        }
        if (used < 0
                || used > available
                || produced < 0
                || produced > OUTPUT_BYTES
                || unused < 0
                || unused > Long.BYTES) {
            throw new DecodeException("ISA-L returns " + used + " of " + available + " bytes used, " + produced
                    + " produced, " + unused + " unused; inflate with the JDK instead");
        }
        if (used == 0 && produced == 0 && available > 0 && !ended) {
            throw new DecodeException("the deflate stream has no valid continuation at byte " + in.offset());
        }
        in.skip(used);
        in.unread(unused);
        return produced;
    }

    @Override
    public synchronized boolean finished() {
        return ended && outputStart == outputEnd;
    }

    @GuardedBy("this")
    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the stream of the layer is closed");
        }
    }

    /** Waits for a call that inflates, which takes less than a millisecond. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            memory.close();
        }
    }
}
