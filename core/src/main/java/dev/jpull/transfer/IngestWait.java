// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.registry.EventSink;
import dev.jpull.store.ImageStore;
import dev.jpull.store.WaitControl;
import java.time.Duration;

/**
 * The wait of a download for another pull, of this process or another one, that fetches the same blob: the progress of that pull
 * is reported as its own. For use by one thread.
 */
final class IngestWait implements WaitControl {
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    private final ImageStore store;
    private final Descriptor blob;
    private final EventSink events;
    private final Cancellation calls;
    private long lastLook;

    IngestWait(ImageStore store, Descriptor blob, EventSink events, Cancellation calls) {
        this.store = store;
        this.blob = blob;
        this.events = events;
        this.calls = calls;
    }

    @Override
    public boolean isCancelled() {
        long now = System.nanoTime();
        if (now - lastLook >= LOOK_NANOS) {
            lastLook = now;
            reportProgress();
        }
        return calls.isCancelled();
    }

    private void reportProgress() {
        long there = store.fetchedOf(blob);
        if (there > 0) {
            events.emit(header -> new PullEvent.BlobProgress(header, blob.digest(), there, blob.size()));
        }
    }

    @Override
    public void waitsFor(String text) {
        events.warn(text);
    }
}
