// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.progress;

import dev.jpull.event.PullEvent;

/** Puts events into words. */
@FunctionalInterface
interface EventLines {
    /** The event as a line that stays; empty when it is not worth one. */
    String of(PullEvent event);

    /** What the line for all transfers begins with. */
    default String status() {
        return "";
    }
}
