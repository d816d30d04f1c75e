// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * Up to where a blob can be read that is on its way into the store: the ingests of its download move it, and a {@link BlobFollower}
 * waits for it. A download that goes on later, with another ingest, moves the same front. Safe for use by several threads: its
 * monitor is the last lock that a thread takes, and is held for no I/O.
 */
public final class BlobFront {
    private final Descriptor blob;
    private final Runnable onBegin;

    @GuardedBy("this")
    private boolean begun;

    /** Where the bytes are; null before the first ingest, and for a blob that is in the store. */
    @GuardedBy("this")
    private @Nullable Partial partial;

    @GuardedBy("this")
    private Object identity = this;

    /** How often content was thrown away. */
    @GuardedBy("this")
    private int generation;

    /** How many files the content was in so far. */
    @GuardedBy("this")
    private int files;

    @GuardedBy("this")
    private long front;

    @GuardedBy("this")
    private boolean complete;

    @GuardedBy("this")
    private boolean ended;

    /** The file of an ingest: its name in the directory of unfinished blobs. */
    record Partial(String name) {}

    /**
     * What can be read at one moment.
     *
     * @param generation how often content was thrown away before
     * @param file the number of the file: another number is another file
     * @param partial the file, or null for that of the store
     * @param end up to where all bytes are there
     * @param complete whether that is all, and verified
     */
    record Extent(int generation, int file, @Nullable Partial partial, long end, boolean complete) {}

    /**
     * The front of a blob of which nothing is there yet.
     *
     * @param onBegin is run once, on a thread of the download, when that begins or finds the blob in the store; does not block
     */
    public BlobFront(Descriptor blob, Runnable onBegin) {
        this.blob = blob;
        this.onBegin = onBegin;
    }

    /** The blob. */
    public Descriptor blob() {
        return blob;
    }

    /**
     * An ingest takes over.
     *
     * @param identity of its file: the bytes are those of the ingest before if it has the same, and as many at least
     * @param there up to where all bytes are there
     */
    void moveTo(Partial file, Object identity, long there) {
        synchronized (this) {
            if (front > 0 && (!this.identity.equals(identity) || there < front)) {
                generation++;
            }
            this.identity = identity;
            partial = file;
            files++;
            front = there;
            notifyAll();
        }
        begin();
    }

    /** All bytes before this position are there. */
    synchronized void advance(long position) {
        if (position > front) {
            front = position;
            notifyAll();
        }
    }

    /** The bytes are about to be thrown away, because their digest is wrong. */
    synchronized void discarded() {
        generation++;
        front = 0;
        notifyAll();
    }

    /** The digest was right, and the file has its name in the store. */
    synchronized void committed() {
        partial = null;
        front = blob.size();
        complete = true;
        notifyAll();
    }

    /** The blob is in the store, and no ingest of this download has brought it there. */
    public void present() {
        synchronized (this) {
            if (!complete) {
                files++;
                committed();
            }
        }
        begin();
    }

    /** Nothing more is read: what waits for the front, or comes to it later, gets a {@link PullCancelledException}. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void begin() {
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
        }
        onBegin.run();
    }

    /** What can be read now. */
    synchronized Extent extent() {
        return new Extent(generation, files, partial, front, complete);
    }

    /**
     * Waits until there are bytes after a position, or none are to come, or those before it were thrown away.
     *
     * @param reading what the reader reads; null for one that has read nothing
     */
    synchronized Extent awaitBytes(long position, @Nullable Extent reading) {
        while (!ended && !complete && front <= position && (reading == null || reading.generation() == generation)) {
            await();
        }
        requireRunning();
        return extent();
    }

    /** Waits until the file is another than it was, or has got its name in the store. */
    synchronized void awaitOtherFile(Extent seen) {
        while (!ended && !complete && files == seen.file()) {
            await();
        }
        requireRunning();
    }

    /** Waits until the blob is verified and in the store. */
    synchronized Extent awaitComplete() {
        while (!ended && !complete) {
            await();
        }
        requireRunning();
        return extent();
    }

    @GuardedBy("this")
    private void requireRunning() {
        if (ended) {
            throw new PullCancelledException("the work on the layer " + blob.digest() + " was cancelled");
        }
    }

    @GuardedBy("this")
    @SuppressWarnings("WaitNotInLoop") // the callers have the loops
    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the work on the layer " + blob.digest() + " was interrupted", e);
        }
    }
}
