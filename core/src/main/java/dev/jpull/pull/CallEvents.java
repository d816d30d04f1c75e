// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Digest;
import dev.jpull.registry.EventSink;
import java.util.List;
import java.util.function.Function;

/**
 * The events of one call of a puller: they have its number, a pull has one beginning and one end, and nothing comes after the
 * end. Safe for use by several threads.
 */
final class CallEvents implements EventSink {
    private final List<EventPump> pumps;
    private final long number;
    private final String image;

    @GuardedBy("this")
    private boolean ended;

    /**
     * The events of a call.
     *
     * @param pumps deliver them to the listener of the engine, and to that of the call
     */
    CallEvents(List<EventPump> pumps, long number, String image) {
        this.pumps = List.copyOf(pumps);
        this.number = number;
        this.image = image;
    }

    /** The number of the call. */
    long number() {
        return number;
    }

    @Override
    public synchronized void emit(Function<PullEvent.Header, PullEvent> event) {
        if (!ended) {
            pumps.forEach(pump -> pump.add(number, image, event));
        }
    }

    /** The pull of an image begins. */
    void started() {
        emit(PullEvent.PullStarted::new);
    }

    /** The image is complete in the store. */
    void completed(Digest digest) {
        end(header -> new PullEvent.PullCompleted(header, digest));
    }

    /** The pull has failed. */
    void failed(PullException failure) {
        end(header -> new PullEvent.PullFailed(header, String.valueOf(failure.getMessage())));
    }

    private synchronized void end(Function<PullEvent.Header, PullEvent> last) {
        emit(last);
        ended = true;
    }
}
