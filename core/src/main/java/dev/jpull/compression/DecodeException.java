// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;

/** Compressed content that is damaged, goes beyond a limit, or is in a format that is not known. The message says what and where. */
public final class DecodeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final boolean beyondSize;

    /** Content that cannot be decoded, for this reason. */
    public DecodeException(String message) {
        super(message);
        reason = message;
        beyondSize = false;
    }

    /** The same, with the failure of the decoder. */
    public DecodeException(String message, Throwable cause) {
        super(message, cause);
        reason = message;
        beyondSize = false;
    }

    /** Content that cannot be decoded, and what to do when it is a layer. */
    DecodeException(String reason, String remedy, Throwable cause) {
        super(reason + "; " + remedy, cause);
        this.reason = reason;
        beyondSize = false;
    }

    private DecodeException(String reason, String remedy) {
        super(reason + "; " + remedy);
        this.reason = reason;
        beyondSize = true;
    }

    /** Content that becomes larger than {@link DecodeLimits} allow. */
    static DecodeException beyondSize(String reason, String remedy) {
        return new DecodeException(reason, remedy);
    }

    /** The message without what to do about a layer, for content that is none. */
    public String reason() {
        return reason;
    }

    /** Whether the content is larger than it may be, and nothing else is wrong with it. */
    public boolean isBeyondSize() {
        return beyondSize;
    }
}
