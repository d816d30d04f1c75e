// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, with the redirects and token requests between: all of it together has one deadline, until the answer
 * is closed or its content begins. Every failure of it leaves as an {@link IOException}, whatever the HTTP stack or a decoder
 * throws: a host that provokes such a failure is left for the next one. For use by one thread; {@link #cancellation} may be cancelled by
 * others.
 */
final class Exchange {
    private final Cancellation owner;
    private final Cancellation cancellation;
    private final Duration limit;
    private final Deadline deadline;
    private final ReadAllowance allowance;

    /**
     * Begins an exchange.
     *
     * @param owner ends it when it is cancelled
     * @param limit how long it may take
     */
    Exchange(Cancellation owner, Duration limit, ReadAllowance allowance) {
        this.owner = owner;
        this.cancellation = owner.child();
        this.limit = limit;
        this.allowance = allowance;
        this.deadline = Deadline.start(limit, cancellation::cancel);
    }

    /** Is cancelled when the owner is, and when the time is up. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** Sends a request. */
    Response execute(Call call) throws IOException {
        try {
            cancellation.add(call);
            allowance.grant();
            return call.execute();
        } catch (Exception | StackOverflowError e) {
            cancellation.remove(call);
            call.cancel();
            throw failure(e);
        }
    }

    /** Reads a piece of a body. */
    int read(InputStream body, byte[] buffer, int offset, int length) throws IOException {
        try {
            allowance.grant();
            int read = body.read(buffer, offset, length);
            cancellation.received(Math.max(0, read));
            return read;
        } catch (SSLException e) {
            throw failure(TransportFailure.afterHandshake(e));
        } catch (Exception | StackOverflowError e) {
            throw failure(e);
        }
    }

    /**
     * An answer is of no more use; what it holds is given up.
     *
     * @param decoded what undoes its coding, and has memory of its own; or null
     */
    void close(Call call, Response response, @Nullable Closeable decoded) {
        cancellation.remove(call);
        try {
            if (decoded != null) {
                decoded.close();
            }
            allowance.grant();
            response.close();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // OkHttp reads the rest of a body to use the connection again; this one cannot be read.
            call.cancel();
        }
    }

    /**
     * The answer is content from here on: how long that takes depends on its size.
     *
     * @throws OverdueException if the time was up already
     */
    void contentBegins() throws IOException {
        deadline.stop();
        if (deadline.isOver() && !owner.isCancelled()) {
            throw new OverdueException(limit, new InterruptedIOException("cancelled"));
        }
    }

    /** Whether its owner does not want it any more, so that its failure says nothing about the host. */
    boolean isGivenUp() {
        return owner.isCancelled() || Thread.currentThread().isInterrupted();
    }

    /** The exchange has ended. */
    void end() {
        deadline.stop();
        cancellation.end();
    }

    /** What a failure within the exchange is to its owner; a proxy selector that cannot be used is a {@link ConfigurationException}. OkHttp throws checked exceptions that it does not declare. */
    IOException failure(Throwable e) {
        if (e instanceof OverdueException overdue) {
            return overdue;
        }
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        if (deadline.isOver() && !owner.isCancelled()) {
            return new OverdueException(limit, e);
        }
        if (e instanceof GivenProxies.ChoiceException) {
            throw new ConfigurationException(String.valueOf(e.getMessage()), e); // no other host does better
        }
        return e instanceof IOException failure ? failure : new UnreadableResponseException(e);
    }
}
