// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Whether a host speaks TLS, where its owner wrote {@code http} and TLS is tried first. The first request finds out, and the
 * others wait for that. Safe for use by several threads.
 */
final class TlsTrial {
    /** How long the host may take for the TLS handshake, before plain HTTP is used. */
    static final Duration LIMIT = Duration.ofSeconds(3);

    private volatile boolean plain;
    private volatile boolean decided;

    /** The attempt that runs, outside the monitor: no network I/O under it. */
    @GuardedBy("this")
    private @Nullable CompletableFuture<Void> running;

    /** A request that finds out whether the host speaks TLS; sees its connection being made. */
    final class Attempt extends EventListener {
        private final CompletableFuture<Void> end;

        @GuardedBy("this")
        private @Nullable Deadline deadline;

        @GuardedBy("this")
        private boolean spoken;

        private Attempt(CompletableFuture<Void> end) {
            this.end = end;
        }

        @Override
        public synchronized void secureConnectStart(Call call) {
            deadline = Deadline.start(LIMIT, call::cancel);
        }

        @Override
        public synchronized void secureConnectEnd(Call call, @Nullable Handshake handshake) {
            stop();
            spoken = true;
            decide(false);
        }

        @Override
        public synchronized void connectFailed(
                Call call,
                InetSocketAddress address,
                Proxy proxy,
                @Nullable Protocol protocol,
                java.io.IOException failure) {
            stop();
        }

        @GuardedBy("this")
        private void stop() {
            if (deadline != null) {
                deadline.stop();
            }
        }

        /** Whether the host has completed a handshake. */
        synchronized boolean isSpoken() {
            return spoken;
        }

        /** Whether the host let the time for its handshake pass. */
        synchronized boolean isOver() {
            return !spoken && deadline != null && deadline.isOver();
        }

        /** The request has ended; if it has not settled the question, the next request tries. */
        void end() {
            synchronized (this) {
                stop();
            }
            synchronized (TlsTrial.this) {
                running = null;
            }
            end.complete(null);
        }

        private void decide(boolean plainHttp) {
            plain = plainHttp;
            decided = true;
            end.complete(null);
        }

        /** The host does not speak TLS. */
        void usePlainHttp() {
            decide(true);
        }
    }

    /** Whether the host turned out not to speak TLS. */
    boolean isPlain() {
        return plain;
    }

    /**
     * Begins a request; waits while another one tries.
     *
     * @return the attempt that has to try, or null when the result is known
     */
    @Nullable
    Attempt begin(Cancellation cancellation) throws InterruptedIOException {
        while (!decided) {
            CompletableFuture<Void> other;
            synchronized (this) {
                other = running;
                if (other == null) {
                    running = new CompletableFuture<>();
                    return new Attempt(running);
                }
            }
            cancellation.awaitOrStop(other);
        }
        return null;
    }
}
