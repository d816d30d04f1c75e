// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;

/** Compressed content that is damaged, goes beyond a limit, or is in a format that is not known. The message says what and where. */
public final class DecodeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean beyondSize;

    /** Content that cannot be decoded, for this reason. */
    public DecodeException(String message) {
        super(message);
        beyondSize = false;
    }

    /** The same, with the failure of the decoder. */
    public DecodeException(String message, Throwable cause) {
        super(message, cause);
        beyondSize = false;
    }

    private DecodeException(String message, boolean beyondSize) {
        super(message);
        this.beyondSize = beyondSize;
    }

    /** Content that becomes larger than {@link DecodeLimits} allow. */
    static DecodeException beyondSize(String message) {
        return new DecodeException(message, true);
    }

    /** Whether the content is larger than it may be, and nothing else is wrong with it. */
    public boolean isBeyondSize() {
        return beyondSize;
    }
}
