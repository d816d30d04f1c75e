// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;

/** Compressed content that is damaged, goes beyond a limit, or is in a format that is not known. The message says what and where. */
public final class DecodeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Content that cannot be decoded, for this reason. */
    public DecodeException(String message) {
        super(message);
    }

    /** The same, with the failure of the decoder. */
    public DecodeException(String message, Throwable cause) {
        super(message, cause);
    }
}
