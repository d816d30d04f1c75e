// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Limits that no clock can count. */
class ProgressWatchTest {
    @Test
    void aLimitBeyondTheClockIsTakenAsTheLongest() {
        assertThat(new ProgressWatch(new Operation<>("a test", failure -> {}), Duration.ofSeconds(Long.MAX_VALUE))
                        .limit())
                .isEqualTo(Duration.ofDays(365));
    }
}
