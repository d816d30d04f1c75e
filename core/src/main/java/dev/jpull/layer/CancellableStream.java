// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/** Content whose reads end when the work is cancelled. For use by one thread. */
final class CancellableStream extends FilterInputStream {
    private final WorkBudget budget;

    CancellableStream(InputStream in, BooleanSupplier cancelled) {
        super(in);
        this.budget = new WorkBudget(cancelled);
    }

    @Override
    public int read() throws IOException {
        budget.requireNotCancelled();
        return in.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        budget.requireNotCancelled();
        return in.read(target, offset, length);
    }

    @Override
    public long skip(long bytes) throws IOException {
        budget.requireNotCancelled();
        return in.skip(bytes);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
