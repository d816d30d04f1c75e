// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** What an exchange throws when its time is up, for hosts on a virtual clock: {@link Deadline} goes by the clock of the system. */
public final class VirtualDeadline {
    private VirtualDeadline() {}

    /** The failure of an exchange that took all of its time. */
    public static IOException overdue(Duration limit) {
        return new OverdueException(limit, new InterruptedIOException("virtual time"));
    }
}
