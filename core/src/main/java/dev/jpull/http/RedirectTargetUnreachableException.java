// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;

/** The target of a redirect could not be reached; the registry itself was. */
public final class RedirectTargetUnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    RedirectTargetUnreachableException(String message, IOException cause) {
        super(message, cause);
    }
}
