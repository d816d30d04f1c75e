// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The wait for another pull that fetches the same blob: as long as its file grows, or until the blob is there. The file does
 * not grow when the other process was stopped, or when its host sends nothing; then the wait ends.
 */
final class BlobWait implements StoreLock.StopCondition {
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    private final ImageStore store;
    private final Descriptor blob;
    private final LockLimits limits;
    private final WaitControl wait;
    private final long start = System.nanoTime();
    private long looked = start;
    private long grown = start;
    private @Nullable FileTime written;
    private boolean announced;
    private boolean stalled;

    BlobWait(ImageStore store, Descriptor blob, LockLimits limits, WaitControl wait) {
        this.store = store;
        this.blob = blob;
        this.limits = limits;
        this.wait = wait;
    }

    /** Whether the wait ended because the other pull wrote nothing for too long. */
    boolean isStalled() {
        return stalled;
    }

    @Override
    public boolean isMet(LockHolder holder) throws IOException {
        if (wait.isCancelled()) {
            return true;
        }
        long now = System.nanoTime();
        if (!announced && now - start >= limits.announced().toNanos()) {
            announced = true;
            wait.waitsFor("waiting for " + holder.describe() + " that pulls the blob " + blob.digest());
        }
        if (now - looked < LOOK_NANOS) {
            return false;
        }
        looked = now;
        FileTime newest = lastWritten();
        if (newest != null && !newest.equals(written)) {
            written = newest;
            grown = now;
        }
        stalled = now - grown >= limits.stalled().toNanos();
        if (stalled) {
            wait.waitsFor(holder.describe() + " has written nothing of the blob " + blob.digest() + " for "
                    + limits.stalled().toSeconds() + " s: this pull fetches the blob as well");
        }
        return stalled || store.has(blob);
    }

    private @Nullable FileTime lastWritten() throws IOException {
        try (StoreDirectory partials =
                store.tree().existingPartials(blob.digest().algorithm())) {
            BasicFileAttributes partial =
                    partials.attributesIfThere(blob.digest().hex());
            return partial == null ? null : partial.lastModifiedTime();
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
