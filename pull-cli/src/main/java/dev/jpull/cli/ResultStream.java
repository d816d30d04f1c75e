// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that keeps the last write error: a {@link java.io.PrintWriter} hides errors, and a result that was not
 * written must not look like success. For use by one thread at a time.
 */
final class ResultStream extends OutputStream {
    private final OutputStream target;
    private @Nullable IOException failure;

    ResultStream(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            target.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            target.flush();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** The last error; null when everything was written. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Whether the reader of a pipe has closed it, which only the text of the system error tells. */
    boolean isClosedPipe() {
        return failure != null && String.valueOf(failure.getMessage()).contains("Broken pipe");
    }
}
