// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import java.time.Duration;

/** Lets the time of a pause pass. Tests replace it by a virtual clock. Safe for use by several threads. */
@FunctionalInterface
public interface Sleeper {
    /** Waits for the duration; returns early when the request is cancelled. */
    void sleep(Duration duration, Cancellation cancellation) throws InterruptedException;
}
