// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.IOException;

/** An archive that is malformed, or goes beyond a limit. The message says what, at which byte of the archive, and for which entry. */
public final class TarException extends IOException {
    private static final long serialVersionUID = 1L;

    /** An archive that cannot be read, for this reason. */
    public TarException(String message) {
        super(message);
    }
}
