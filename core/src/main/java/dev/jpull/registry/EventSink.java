// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.event.PullEvent;
import java.util.function.Function;

/** Takes the events of one pull on their way to its listener. Safe for use by several threads. */
@FunctionalInterface
public interface EventSink {
    /** Drops all events. */
    EventSink NONE = event -> {};

    /**
     * Takes an event.
     *
     * @param event makes the event from its header; the time in the header is fixed when the event gets its place in the order.
     *     Called under the monitor of the queue of events, so that it takes no lock and reads only what does not change
     */
    void emit(Function<PullEvent.Header, PullEvent> event);

    /** Takes a warning in words. */
    default void warn(String text) {
        emit(header -> new PullEvent.Warning(header, text));
    }
}
