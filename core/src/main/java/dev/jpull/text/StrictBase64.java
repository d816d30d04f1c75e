// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import java.util.Base64;

/** Base64 as Go's standard encoding reads it (encoding/base64): padding is required, and line ends are ignored. */
public final class StrictBase64 {
    private StrictBase64() {}

    /**
     * Decodes a text.
     *
     * @throws IllegalArgumentException if it is not base64 with padding
     */
    public static byte[] decode(String base64) {
        String text = base64.replace("\r", "").replace("\n", "");
        if (text.length() % 4 != 0) {
            throw new IllegalArgumentException("no padding");
        }
        return Base64.getDecoder().decode(text);
    }
}
