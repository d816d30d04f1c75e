// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** The time for a whole exchange was up before its answer was complete, however much of it the host had sent. */
public final class OverdueException extends SocketTimeoutException {
    private static final long serialVersionUID = 1L;

    OverdueException(Duration limit, Throwable cause) {
        super("no complete answer within " + limit.toMillis() + " ms");
        initCause(cause);
    }
}
