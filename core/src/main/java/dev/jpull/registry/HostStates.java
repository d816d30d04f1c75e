// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What an engine has observed of its hosts, shared by all its pulls. Safe for use by several threads. */
public final class HostStates {
    private final LongSupplier nanoTime;
    private final CircuitBreakers breakers;
    private final Backoffs backoffs;
    private final ResponseTimes responseTimes = new ResponseTimes();
    private final HostRates rates;

    /** Nothing observed yet, by the clock of the system. */
    public HostStates() {
        this(System::nanoTime);
    }

    /** Nothing observed yet, by another clock, in nanoseconds. */
    public HostStates(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.breakers = new CircuitBreakers(nanoTime);
        this.backoffs = new Backoffs(nanoTime);
        this.rates = new HostRates(nanoTime);
    }

    /** The clock of the observations, in nanoseconds. */
    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** Which hosts can be reached. */
    CircuitBreakers breakers() {
        return breakers;
    }

    /** Which hosts are throttled. */
    Backoffs backoffs() {
        return backoffs;
    }

    /** How long hosts take to answer. */
    ResponseTimes responseTimes() {
        return responseTimes;
    }

    /** How fast hosts send blobs. */
    HostRates rates() {
        return rates;
    }

    /** A host answered as it should, after so long. */
    void succeeded(RegistryEndpoint endpoint, Duration elapsed) {
        responseTimes.answered(endpoint.host().origin(), elapsed);
        breakers.of(endpoint).close();
    }

    /**
     * A request to a host failed.
     *
     * @param last whether there is no other host to ask
     */
    void failed(RegistryEndpoint endpoint, HostFailure failure, boolean last, Attempt attempt) {
        // A host that was silent for the whole time of an answer would be silent for the next request as well.
        if (failure.failureClass() == FailureClass.UNREACHABLE || failure.isSilence() && !last) {
            breakers.of(endpoint).open(attempt.reason(), attempt.elapsed());
        } else if (failure.status() > 0) {
            breakers.of(endpoint).close();
        }
    }

    /** A host was late, and another one was faster: of a host that has never answered, nothing more is known. */
    void wasLate(RegistryEndpoint endpoint) {
        responseTimes.wasLate(endpoint.host().origin());
        breakers.of(endpoint).openUnlessClosed("no answer for a while, and another host was faster");
    }
}
