// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.image.Digest;
import dev.jpull.layer.ExtractedLayer;
import dev.jpull.layer.PlannedLayer;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A snapshot that a pull makes, or finds. Safe for use by several threads; its monitor is a leaf. */
final class PlannedSnapshot implements Closeable {
    private final PlannedLayer layer;
    private final @Nullable Digest parent;

    @GuardedBy("this")
    private @Nullable Closeable lock;

    @GuardedBy("this")
    private @Nullable StagedSnapshot staged;

    /** What was unpacked into the staging, all of it; null before. */
    @GuardedBy("this")
    private @Nullable ExtractedLayer extracted;

    PlannedSnapshot(PlannedLayer layer, @Nullable Digest parent) {
        this.layer = layer;
        this.parent = parent;
    }

    PlannedLayer layer() {
        return layer;
    }

    @Nullable
    Digest parent() {
        return parent;
    }

    synchronized boolean isLocked() {
        return lock != null;
    }

    /** The lock of its chain ID is held for it. */
    synchronized void lockedBy(Closeable taken) {
        lock = taken;
    }

    synchronized @Nullable StagedSnapshot staged() {
        return staged;
    }

    /**
     * The staging.
     *
     * @throws IOException if it has none
     */
    StagedSnapshot requireStaged() throws IOException {
        StagedSnapshot made = staged();
        if (made == null) {
            throw new IOException(layer.label() + " was not unpacked");
        }
        return made;
    }

    /** It gets a staging, which is empty or holds what a broken-off run left. */
    synchronized void stagedIn(StagedSnapshot made) {
        staged = made;
        extracted = null;
    }

    synchronized @Nullable ExtractedLayer extracted() {
        return extracted;
    }

    /** The layer is in the staging as a whole; or, with null, not any more. */
    synchronized void extracted(@Nullable ExtractedLayer layer) {
        extracted = layer;
    }

    /** Frees its lock. */
    void unlock() throws IOException {
        Closeable taken;
        synchronized (this) {
            taken = lock;
            lock = null;
        }
        if (taken != null) {
            taken.close();
        }
    }

    /** Frees its lock, and deletes the staging unless that has become the snapshot. */
    @Override
    public void close() throws IOException {
        StagedSnapshot made;
        synchronized (this) {
            made = staged;
            staged = null;
            extracted = null;
        }
        try (Closeable first = made == null ? () -> {} : made) {
            unlock();
        }
    }
}
