// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries: how many, and after what pause. */
class RetryTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static HostFailure throttled(@Nullable Duration retryAfter) {
        return new HostFailure(FailureClass.THROTTLED, 429, "", "status 429", retryAfter, null);
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        assertThat(RetryAfter.parse("7", NOW)).isEqualTo(Duration.ofSeconds(7));
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 10:00:05 GMT", NOW)).isEqualTo(Duration.ofSeconds(5));
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 09:00:00 GMT", NOW)).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999999999"})
    void nonsenseIsNoRetryAfter(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isNull();
    }

    @Test
    void onlyAttemptsWithoutProgressCount() {
        RetryBudget budget = new RetryBudget();
        for (int i = 0; i < 6; i++) {
            assertThat(budget.next(throttled(null))).isPresent();
        }
        assertThat(budget.next(throttled(null))).isEmpty();
        budget.reset();
        assertThat(budget.next(throttled(null))).isPresent();
        assertThat(budget.total()).isEqualTo(7);
    }

    @Test
    void hostsThatKeepSilentAreWaitedForAMinuteInAll() {
        RetryBudget budget = new RetryBudget();
        budget.waited(Duration.ofSeconds(30));
        assertThat(budget.hasWaitedEnough()).isFalse();
        budget.waited(Duration.ofSeconds(30));
        assertThat(budget.hasWaitedEnough()).isTrue();
        budget.reset();
        assertThat(budget.hasWaitedEnough()).isFalse();
    }

    @Test
    void pausesGrowAndObeyTheHostUpToALimit() {
        RetryBudget budget = new RetryBudget();
        Duration first = budget.next(throttled(null)).orElseThrow();
        budget.next(throttled(null));
        Duration third = budget.next(throttled(null)).orElseThrow();
        assertThat(first).isLessThanOrEqualTo(Duration.ofMillis(250));
        assertThat(third).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(budget.pauseAfter(throttled(Duration.ofSeconds(20)))).isEqualTo(Duration.ofSeconds(20));
        assertThat(budget.pauseAfter(throttled(Duration.ofHours(2)))).isEqualTo(RetryBudget.MAX_RETRY_AFTER);
    }
}
