// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/** The bytes of a path of the JDK, which has no method for them; its URI has each that is not ASCII as an escape. */
final class PathBytes {
    private PathBytes() {}

    /** The absolute path with a NUL at its end. */
    static byte[] of(Path path) {
        String escaped = path.toAbsolutePath().toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length() + 1);
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        bytes.write(0);
        return bytes.toByteArray();
    }
}
