// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import java.io.Closeable;
import org.jspecify.annotations.Nullable;

/** A store whose directories stay open from their first use on until the session is closed: for one pull, which uses them often. */
public final class StoreSession implements Closeable {
    private final ImageStore store;
    private final @Nullable OpenDirectories directories;

    /**
     * A session.
     *
     * @param directories what it closes; null when another session does
     */
    StoreSession(ImageStore store, @Nullable OpenDirectories directories) {
        this.store = store;
        this.directories = directories;
    }

    /** The store. It can be used after the session as well; its directories are opened for each use then. */
    public ImageStore store() {
        return store;
    }

    @Override
    public void close() {
        if (directories != null) {
            directories.close();
        }
    }
}
