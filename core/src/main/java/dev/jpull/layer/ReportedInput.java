// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.store.BlobFollower;
import java.io.FilterInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Reports how much was read, ten times a second at most. Closing it does nothing. For use by one thread at a time. */
final class ReportedInput extends FilterInputStream {
    private static final long INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    private final BlobFollower content;
    private final LongConsumer progress;
    private long reported = System.nanoTime();

    ReportedInput(BlobFollower content, LongConsumer progress) {
        super(content);
        this.content = content;
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        report();
        return content.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        report();
        return content.read(target, offset, length);
    }

    /** The worker closes the content when the consumer is through. */
    @Override
    public void close() {}

    private void report() {
        long now = System.nanoTime();
        if (content.position() > 0 && now - reported >= INTERVAL_NANOS) {
            reported = now;
            progress.accept(content.position());
        }
    }
}
