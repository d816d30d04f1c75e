// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a throttled host gets no request. */
class BackoffsTest {
    private static final String HOST = "https://host.example";

    private long now = Long.MAX_VALUE - 1_000; // a clock of nanoseconds may overflow
    private final Backoffs backoffs = new Backoffs(() -> now);

    @Test
    void theLongerBackoffHoldsAndEnds() {
        backoffs.backOff(HOST, Duration.ofSeconds(2));
        backoffs.backOff(HOST, Duration.ofSeconds(1));
        assertThat(backoffs.remaining(HOST)).isEqualTo(Duration.ofSeconds(2));
        now += Duration.ofMillis(1500).toNanos();
        assertThat(backoffs.remaining(HOST)).isEqualTo(Duration.ofMillis(500));
        now += Duration.ofSeconds(1).toNanos();
        assertThat(backoffs.remaining(HOST)).isZero();
    }

    @Test
    void aBackoffMayBeExtended() {
        backoffs.backOff(HOST, Duration.ofSeconds(1));
        backoffs.backOff(HOST, Duration.ofSeconds(3));
        assertThat(backoffs.remaining(HOST)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void otherHostsAreNotConcerned() {
        backoffs.backOff(HOST, Duration.ofSeconds(2));
        assertThat(backoffs.remaining("https://other.example")).isZero();
    }
}
