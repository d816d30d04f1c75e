// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;

/** A redirect that is not followed. */
public final class RedirectException extends IOException {
    private static final long serialVersionUID = 1L;

    RedirectException(String message) {
        super(message);
    }
}
