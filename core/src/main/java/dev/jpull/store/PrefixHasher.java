// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The hash of a growing file, which follows the front of what is there. Bytes that arrive at the front are hashed as they
 * come; those that arrived ahead of it are read back when the front reaches them, from the page cache as a rule. No byte
 * is hashed twice. Safe for use by several threads: one of them hashes, and the others leave it to that one.
 */
final class PrefixHasher {
    private static final int BUFFER = 256 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final FileChannel channel;
    private final Digest.Algorithm algorithm;

    /** The hash of the first {@link #hashed} bytes. */
    @GuardedBy("lock")
    private MessageDigest hash;

    @GuardedBy("lock")
    private long hashed;

    PrefixHasher(FileChannel channel, Digest.Algorithm algorithm) {
        this.channel = channel;
        this.algorithm = algorithm;
        this.hash = algorithm.newMessageDigest();
    }

    /** Hashes bytes that have just been written, if they are next and no other thread hashes. */
    void offer(long position, byte[] buffer, int length) {
        if (lock.tryLock()) {
            try {
                if (position == hashed) {
                    hash.update(buffer, 0, length);
                    hashed += length;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Hashes what is in the file, unless another thread hashes.
     *
     * @param front up to where all bytes are there
     * @param most how many bytes at most, so that a segment worker returns to the network soon
     */
    void follow(long front, long most) throws IOException {
        if (lock.tryLock()) {
            try {
                readBack(Math.min(front, hashed + most));
            } finally {
                lock.unlock();
            }
        }
    }

    /** Hashes the rest, and starts anew. */
    Digest finish(long size) throws IOException {
        lock.lock();
        try {
            readBack(size);
            hashed = 0;
            return Digest.of(algorithm, hash.digest());
        } finally {
            lock.unlock();
        }
    }

    /** Starts anew. */
    void reset() {
        lock.lock();
        try {
            hash = algorithm.newMessageDigest();
            hashed = 0;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void readBack(long end) throws IOException {
        if (hashed >= end) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, end - hashed));
        while (hashed < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - hashed));
            if (channel.read(buffer, hashed) < 0) {
                return; // another process truncated the file: the digest will be wrong
            }
            hash.update(buffer.array(), 0, buffer.position());
            hashed += buffer.position();
        }
    }
}
