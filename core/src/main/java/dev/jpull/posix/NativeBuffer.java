// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.Closeable;

/**
 * Memory outside of the heap, from which files are written: an array would be copied twice for every call. For use by one thread.
 */
public final class NativeBuffer implements Closeable {
    private final Memory memory;
    private final int capacity;

    /**
     * Allocates.
     *
     * @param capacity how many bytes one call writes at most
     * @throws PosixUnavailableException as {@link Posix#require}
     */
    public NativeBuffer(int capacity) throws PosixUnavailableException {
        Posix.require();
        this.memory = new Memory(capacity);
        this.capacity = capacity;
    }

    /** How many bytes it has. */
    public int capacity() {
        return capacity;
    }

    /** Copies from an array, and gives the address of the copy. */
    long fill(byte[] source, int offset, int length) {
        memory.write(0, source, offset, length);
        return address();
    }

    /** Copies into an array. */
    void copyTo(byte[] target, int offset, int length) {
        memory.read(0, target, offset, length);
    }

    long address() {
        return Pointer.nativeValue(memory);
    }

    @Override
    public void close() {
        memory.close();
    }
}
