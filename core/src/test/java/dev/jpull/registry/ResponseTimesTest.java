// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After how long an answer is late. */
class ResponseTimesTest {
    private static final String HOST = "https://host.example";

    private final ResponseTimes times = new ResponseTimes();

    @Test
    void theFirstAnswerMayTakeTwoSeconds() {
        assertThat(times.lateAfter(HOST)).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({"100, 1300", "1000, 4000", "1500, 5000", "12000, 5000"})
    void anAnswerIsLateAfterAMultipleOfTheUsualTimeUpToALimit(long usualMillis, long lateMillis) {
        times.answered(HOST, Duration.ofMillis(usualMillis));
        assertThat(times.lateAfter(HOST)).isEqualTo(Duration.ofMillis(lateMillis));
    }

    @Test
    void theUsualTimeIsSmoothed() {
        times.answered(HOST, Duration.ofMillis(100));
        times.answered(HOST, Duration.ofMillis(500));
        assertThat(times.lateAfter(HOST)).isEqualTo(Duration.ofMillis(1600));
    }

    @Test
    void aHostThatIsLateInARowIsWaitedForHalfAsLongEachTime() {
        times.answered(HOST, Duration.ofSeconds(12));
        Duration total = Duration.ZERO;
        for (int document = 0; document < 100; document++) {
            total = total.plus(times.lateAfter(HOST));
            times.wasLate(HOST);
        }
        assertThat(total).isLessThan(Duration.ofSeconds(36));
        assertThat(times.lateAfter(HOST)).isEqualTo(Duration.ofMillis(250));
        times.answered(HOST, Duration.ofMillis(100));
        assertThat(times.lateAfter(HOST)).isGreaterThan(Duration.ofSeconds(1));
    }
}
