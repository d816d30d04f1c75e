// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.hosts.RegistryHost;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Shortens the timeouts of a request when fail-over to another host is possible, except those that the configuration sets.
 *
 * @param dial whether the wait for a connection is shortened
 * @param answer whether the wait for an answer is shortened
 * @param stall whether the wait in the middle of an answer is shortened
 */
record FailoverTimeouts(boolean dial, boolean answer, boolean stall) {
    /** How long a connection may take to be made. */
    static final Duration DIAL = Duration.ofSeconds(5);
    /** How long TLS may take, and then the beginning of an answer: a mirror may have to fetch first. */
    static final Duration ANSWER = Duration.ofSeconds(15);
    /** After how long the operating system ends an attempt to connect by itself. */
    private static final Duration SYSTEM_DIAL = Duration.ofSeconds(150);
    /** How long an answer may pause. */
    static final Duration STALL = Duration.ofSeconds(5);

    /** How long a whole answer that is no content may take, with the redirects and token requests before it. */
    private static final Duration WHOLE = ANSWER;
    /** A shorter time is one that no answer can keep. */
    private static final Duration LEAST = Duration.ofMillis(500);
    /** The time left for the rest of an answer, when its beginning has a configured time limit. */
    private static final Duration REST = Duration.ofSeconds(10);

    /**
     * How long a whole exchange may take: connection, redirects, tokens, headers and body. Without fail-over, the answer may
     * take as long again as its beginning.
     *
     * @param answerTimeout how long a host may be silent before its answer when its configuration does not say
     * @param failoverPossible whether another host can serve the request
     */
    static Duration whole(RegistryHost host, Duration answerTimeout, boolean failoverPossible) {
        Duration own = host.extensions().responseTimeout();
        Duration answer = own == null ? answerTimeout : own;
        Duration whole = longer(answer.multipliedBy(2), LEAST);
        if (failoverPossible) {
            whole = shorter(whole, own == null ? WHOLE : own.plus(REST));
        }
        Duration dial = host.dialTimeout();
        if (dial.equals(RegistryHost.DEFAULT_DIAL_TIMEOUT)) {
            return whole;
        }
        // Zero is no limit; the operating system has one of its own.
        return whole.plus(dial.isZero() ? SYSTEM_DIAL : dial);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Sets the timeouts of a call. */
    static Response intercept(Interceptor.Chain chain) throws IOException {
        FailoverTimeouts failoverTimeouts = chain.request().tag(FailoverTimeouts.class);
        Interceptor.Chain failoverPossible = chain;
        if (failoverTimeouts != null && failoverTimeouts.dial()) {
            failoverPossible = failoverPossible.withConnectTimeout(
                    shorter(DIAL, chain.connectTimeoutMillis()), TimeUnit.MILLISECONDS);
        }
        if (failoverTimeouts != null && failoverTimeouts.answer()) {
            failoverPossible =
                    failoverPossible.withReadTimeout(shorter(ANSWER, chain.readTimeoutMillis()), TimeUnit.MILLISECONDS);
        }
        return failoverPossible.proceed(chain.request());
    }

    /** How long an answer to a request may pause. */
    static Duration stallOf(okhttp3.Request request, Duration ordinary) {
        FailoverTimeouts failoverTimeouts = request.tag(FailoverTimeouts.class);
        return failoverTimeouts != null && failoverTimeouts.stall() && ordinary.compareTo(STALL) > 0 ? STALL : ordinary;
    }

    /** The shorter of two limits; zero milliseconds is no limit. */
    private static int shorter(Duration wanted, int millis) {
        int most = Math.toIntExact(wanted.toMillis());
        return millis == 0 ? most : Math.min(most, millis);
    }
}
