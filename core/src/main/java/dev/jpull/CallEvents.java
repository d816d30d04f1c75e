// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.image.Digest;
import java.time.Instant;

/**
 * The events of one call of a puller: they have its number, a pull has one beginning and one end, and nothing comes after the
 * end. Safe for use by several threads.
 */
final class CallEvents implements PullListener {
    private final EventPump pump;
    private final long number;
    private boolean ended;

    CallEvents(EventPump pump, long number) {
        this.pump = pump;
        this.number = number;
    }

    /** The number of the call. */
    long number() {
        return number;
    }

    @Override
    public synchronized void onEvent(PullEvent event) {
        if (!ended) {
            pump.add(number, event);
        }
    }

    /** The pull of an image begins. */
    void started(String image) {
        onEvent(new PullEvent.PullStarted(Instant.now(), image));
    }

    /** The pull has brought the image. */
    void completed(String image, Digest digest) {
        end(new PullEvent.PullCompleted(Instant.now(), image, digest));
    }

    /** The pull has failed. */
    void failed(String image, PullException why) {
        end(new PullEvent.PullFailed(Instant.now(), image, String.valueOf(why.getMessage())));
    }

    private synchronized void end(PullEvent last) {
        onEvent(last);
        ended = true;
    }
}
