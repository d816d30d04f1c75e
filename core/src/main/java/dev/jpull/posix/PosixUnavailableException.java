// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** System calls cannot be made in this process. The message says why, and what to do. */
public final class PosixUnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    PosixUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
