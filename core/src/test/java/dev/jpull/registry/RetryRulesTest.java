// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After which failures the same host is asked again. */
class RetryRulesTest {
    private static HostFailure failure(FailureClass kind, int status, @Nullable Duration retryAfter) {
        return new HostFailure(kind, status, "", "failed", retryAfter, null);
    }

    @ParameterizedTest(name = "{0} {1}, Retry-After {2}: {3} while another host can be asked, {4} at the last")
    @CsvSource({
        "THROTTLED,    429,    , true,  true",
        "THROTTLED,    429,   2, true,  true",
        "THROTTLED,    429,   3, false, true",
        "SERVER_ERROR, 503,    , false, true",
        "TRANSPORT,      0,    , false, true",
        "MALFORMED,    200,    , false, true",
        "MALFORMED,      0,    , false, false",
        "UNREACHABLE,    0,    , false, false",
        "NOT_FOUND,    404,    , false, false",
        "DENIED,       401,    , false, false",
        "REJECTED,     400,    , false, false",
        "SLOW,         200,    , false, false"
    })
    void aHostIsAskedAgain(FailureClass kind, int status, @Nullable Long retryAfter, boolean before, boolean last) {
        HostFailure failure = failure(kind, status, retryAfter == null ? null : Duration.ofSeconds(retryAfter));
        assertThat(RetryRules.mayRetry(failure, false, new RetryBudget())).isEqualTo(before);
        assertThat(RetryRules.mayRetry(failure, true, new RetryBudget())).isEqualTo(last);
    }

    @Test
    void aSecondMalformedAnswerIsFinal() {
        HostFailure malformed = failure(FailureClass.MALFORMED, 200, null);
        RetryBudget budget = new RetryBudget();
        assertThat(RetryRules.mayRetry(malformed, true, budget)).isTrue();
        assertThat(budget.next(malformed)).isPresent();
        assertThat(RetryRules.mayRetry(malformed, true, budget)).isFalse();
    }

    @Test
    void aSilentHostIsAskedAgainUntilTheSilenceHasTakenTooLong() {
        HostFailure silence = HostFailure.of(new SocketTimeoutException("timeout"), "");
        RetryBudget budget = new RetryBudget();
        assertThat(RetryRules.mayRetry(silence, true, budget)).isTrue();
        budget.waited(Duration.ofSeconds(60));
        assertThat(RetryRules.mayRetry(silence, true, budget)).isFalse();
        assertThat(RetryRules.mayRetry(HostFailure.of(new IOException("reset"), ""), true, budget))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, true, true", "2000, true, true", "2001, false, true", "60000, false, true"})
    void aShortBackoffIsWaitedForAndALongOneOnlyAtTheLastHost(long millis, boolean before, boolean last) {
        assertThat(RetryRules.isWaitedFor(Duration.ofMillis(millis), false)).isEqualTo(before);
        assertThat(RetryRules.isWaitedFor(Duration.ofMillis(millis), true)).isEqualTo(last);
    }
}
