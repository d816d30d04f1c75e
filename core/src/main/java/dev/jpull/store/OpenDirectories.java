// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Directories of a store that stay open while one pull needs them: to open one from the root downwards takes about thirty system
 * calls. A directory is used again only while its path leads to it. Safe for use by several threads.
 */
final class OpenDirectories implements Closeable {
    private static final System.Logger LOGGER = System.getLogger(OpenDirectories.class.getName());

    @GuardedBy("this")
    private final Map<String, SecureDirectory> open = new HashMap<>();

    @GuardedBy("this")
    private boolean closed;

    /** Opens a directory. */
    interface Opener {
        StoreDirectory open() throws IOException;
    }

    /**
     * The directory of a place in the store; its user closes it.
     *
     * @param opener opens it when it is not open, or when its path leads to another directory by now
     */
    StoreDirectory at(String place, Opener opener) throws IOException {
        SecureDirectory there = borrowed(place);
        if (there != null) {
            boolean usable = false;
            try {
                usable = there.isAtItsPath();
            } finally {
                if (!usable) {
                    there.close();
                }
            }
            if (usable) {
                return there;
            }
        }
        StoreDirectory opened = opener.open();
        if (opened instanceof SecureDirectory secure) {
            keep(place, secure);
        }
        return opened;
    }

    private synchronized @Nullable SecureDirectory borrowed(String place) {
        SecureDirectory there = open.get(place);
        return there == null ? null : there.shared();
    }

    private synchronized void keep(String place, SecureDirectory opened) {
        if (!closed) {
            SecureDirectory before = open.put(place, opened.shared());
            if (before != null) {
                close(before);
            }
        }
    }

    /** What is open fails nothing when it cannot be closed: it is not used any more. */
    private static void close(SecureDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot close a directory of the store", e);
        }
    }

    /** Closes the directories as soon as no thread uses them. */
    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(OpenDirectories::close);
        open.clear();
    }
}
