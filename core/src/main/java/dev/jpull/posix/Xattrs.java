// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the two ways to read extended attributes have in common: the value is read again while it outgrows the buffer. */
final class Xattrs {
    /** The kernel's own limit for a value and for a list of names (XATTR_SIZE_MAX, XATTR_LIST_MAX). */
    private static final int MAX_LENGTH = 65536;

    private static final int USUAL_LENGTH = 1024;

    private Xattrs() {}

    /** A call that fills a buffer. */
    interface Read {
        long into(byte[] buffer);
    }

    static byte[] value(byte[] name, Read read) throws IOException {
        byte[] buffer = new byte[USUAL_LENGTH];
        long length = read.into(buffer);
        if (length < 0 && Errno.last() == Errno.ERANGE) {
            buffer = new byte[MAX_LENGTH];
            length = read.into(buffer);
        }
        if (length < 0) {
            throw Errno.failure(name);
        }
        return Arrays.copyOf(buffer, (int) length);
    }

    static List<byte[]> names(byte[] file, Read read) throws IOException {
        byte[] all;
        try {
            all = value(file, read);
        } catch (PosixException e) {
            if (e.error() == Errno.EOPNOTSUPP) {
                return List.of();
            }
            throw e;
        }
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                names.add(Arrays.copyOfRange(all, start, i));
                start = i + 1;
            }
        }
        return names;
    }
}
