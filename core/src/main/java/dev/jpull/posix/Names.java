// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Checks and terminates what system calls take as names: the last line of defence against paths that lead elsewhere. */
final class Names {
    static final byte[] EMPTY = {0};
    static final byte[] SELF = {'.', 0};
    static final byte[] PARENT = {'.', '.', 0};

    private Names() {}

    /**
     * One name within a directory, with a NUL at its end.
     *
     * @throws IllegalArgumentException if it is empty, {@code .} or {@code ..}, or has a slash or a NUL
     */
    static byte[] single(byte[] name) {
        if (name.length == 0 || name[0] == '.' && (name.length == 1 || name.length == 2 && name[1] == '.')) {
            throw new IllegalArgumentException("not the name of an entry of a directory: '" + Errno.text(name) + "'");
        }
        for (byte b : name) {
            if (b == '/' || b == 0) {
                throw new IllegalArgumentException(
                        "the name of an entry of a directory has no slash and no NUL: " + Errno.text(name));
            }
        }
        return Arrays.copyOf(name, name.length + 1);
    }

    /** Text that may have slashes, such as the target of a symbolic link. */
    static byte[] text(byte[] text) {
        if (text.length == 0) {
            throw new IllegalArgumentException("it is empty");
        }
        for (byte b : text) {
            if (b == 0) {
                throw new IllegalArgumentException("it has a NUL: " + Errno.text(text));
            }
        }
        return Arrays.copyOf(text, text.length + 1);
    }

    /** The path by which the process reaches an open file, or a name in an open directory, whatever it is called meanwhile. */
    static byte[] throughProc(int descriptor, byte[] terminatedName) {
        byte[] directory = ("/proc/self/fd/" + descriptor).getBytes(StandardCharsets.US_ASCII);
        if (terminatedName.length == 1) {
            return Arrays.copyOf(directory, directory.length + 1);
        }
        byte[] path = Arrays.copyOf(directory, directory.length + 1 + terminatedName.length);
        path[directory.length] = '/';
        System.arraycopy(terminatedName, 0, path, directory.length + 1, terminatedName.length);
        return path;
    }
}
