// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;

/** Names of files as text that is the same in every locale: printable ASCII as it is, every other byte as {@code \xNN}. */
public final class RawText {
    private RawText() {}

    /** The text for these bytes. */
    public static String of(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (b > ' ' - 1 && b < 0x7f && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format("\\x%02x", b & 0xff));
            }
        }
        return text.toString();
    }

    /** The text for a name in UTF-8. */
    public static String of(String name) {
        return of(name.getBytes(StandardCharsets.UTF_8));
    }
}
