// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import java.time.Duration;

/**
 * How long locks are waited for.
 *
 * @param announced after how long the caller is told that it waits
 * @param index how long the lock of the index is waited for, which is held for moments as a rule
 * @param stalled how long an unfinished blob of another pull may not grow before this pull fetches the blob as well
 */
record LockLimits(Duration announced, Duration index, Duration stalled) {
    static final LockLimits STANDARD =
            new LockLimits(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(60));
}
