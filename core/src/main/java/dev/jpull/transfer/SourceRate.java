// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.registry.HostRates;
import dev.jpull.registry.RegistryEndpoint;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rate of the source of one blob, which is the endpoint that serves it at present: whether it is too low, by what the source
 * sends of this blob and of every blob together. Safe for use by several threads.
 *
 * <p>Its monitor is the last lock that a thread takes: the rates of the other downloads are read outside of it.
 */
final class SourceRate {
    private final HostRates rates;
    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private final RateCheck check;

    @GuardedBy("this")
    private @Nullable RegistryEndpoint source;

    /** The endpoint that is measured; it stays the same when its stream is opened again. */
    @GuardedBy("this")
    private @Nullable RegistryEndpoint measured;

    /** What is wrong with the rate, from the moment it was found until another stream serves. */
    @GuardedBy("this")
    private RateCheck.@Nullable Verdict verdict;

    /** A blob that has no source yet. */
    SourceRate(HostRates rates, LongSupplier nanoTime) {
        this.rates = rates;
        this.nanoTime = nanoTime;
        this.check = new RateCheck(nanoTime.getAsLong());
    }

    /** The present source, or null. */
    synchronized @Nullable RegistryEndpoint source() {
        return source;
    }

    /**
     * A stream of this endpoint serves the blob.
     *
     * @param floor the rate that the endpoint has to reach, in bytes a second in sum over its downloads
     */
    synchronized void serve(RegistryEndpoint endpoint, double floor) {
        check.serve(floor, !endpoint.equals(measured), nanoTime.getAsLong());
        source = endpoint;
        measured = endpoint;
        verdict = null;
    }

    /** The present source is left. */
    synchronized void leave() {
        source = null;
    }

    /** The streams that failed had too few bytes to measure. */
    synchronized void measureAnew() {
        check.restart(nanoTime.getAsLong());
    }

    /**
     * Bytes of this blob came.
     *
     * @param missing how many of them were missing
     * @param all how many there were
     */
    void received(RegistryEndpoint endpoint, int missing, int all) {
        rates.received(endpoint.host().origin(), missing);
        synchronized (this) {
            check.received(missing, all);
        }
    }

    /** The disk blocked a write for so long: that time does not make an endpoint slow. */
    void excuse(RegistryEndpoint endpoint, long nanos) {
        rates.excuse(endpoint.host().origin(), nanos);
        synchronized (this) {
            check.excuse(nanos, nanoTime.getAsLong());
        }
    }

    /** Judges the rate, when it is time to. Returns what is wrong, or null. */
    RateCheck.@Nullable Verdict judge() {
        RegistryEndpoint serving = source();
        if (serving == null) {
            return null;
        }
        String origin = serving.host().origin();
        double hostRate = rates.rate(origin);
        int sharing = Math.max(1, rates.downloads(origin));
        synchronized (this) {
            if (verdict == null) {
                verdict = check.judge(hostRate, sharing, nanoTime.getAsLong());
            }
            return verdict;
        }
    }

    /** What is wrong with the rate, or null. */
    synchronized RateCheck.@Nullable Verdict verdict() {
        return verdict;
    }

    /** The rate behind the verdict, in bytes a second in sum over the downloads of the source. */
    synchronized double bytesPerSecond() {
        return check.rate();
    }

    /** What is wrong with the rate, human-readable. */
    String explanation() {
        RegistryEndpoint host = source();
        RateCheck.Verdict wrong = verdict();
        if (wrong == RateCheck.Verdict.SLOW_HOST && host != null) {
            return "it sends only " + Math.round(rates.sent(host.host().origin()))
                    + " bytes a second, all downloads together";
        }
        String sent = "it sends only " + Math.round(bytesPerSecond()) + " bytes a second";
        return wrong == RateCheck.Verdict.SLOW_DOWNLOAD
                ? sent + ", too little to wait for the rest: pull again later, or configure a nearer mirror;"
                        + " what was fetched is kept"
                : sent;
    }
}
