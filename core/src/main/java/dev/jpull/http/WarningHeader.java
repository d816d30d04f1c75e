// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A registry's word to its user: {@code Warning: 299 - "text"} (distribution-spec "Warnings"; docs/containerd.md
 * section 5).
 */
public final class WarningHeader {
    private static final String PREFIX = "299 - \"";

    private WarningHeader() {}

    /** The text of a header, without control characters; empty for any other form of the header, and where it says nothing. */
    public static Optional<String> text(String header) {
        if (!header.startsWith(PREFIX)) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        for (int i = PREFIX.length(); i < header.length(); i++) {
            char c = header.charAt(i);
            if (c == '"') {
                return i == header.length() - 1 ? decoded(text.toString()) : Optional.empty();
            }
            if (c == '\\') {
                i++;
                if (i == header.length()) {
                    return Optional.empty();
                }
                c = header.charAt(i);
            }
            text.append(c);
        }
        return Optional.empty();
    }

    private static Optional<String> decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int value = c == '%' && i + 2 < text.length() ? hex(text.substring(i + 1, i + 3)) : -1;
            if (value >= 0) {
                bytes.write(value);
                i += 2;
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        String plain = bytes.toString(StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ");
        return plain.isBlank() ? Optional.empty() : Optional.of(plain);
    }

    private static int hex(String digits) {
        int high = Character.digit(digits.charAt(0), 16);
        int low = Character.digit(digits.charAt(1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
}
