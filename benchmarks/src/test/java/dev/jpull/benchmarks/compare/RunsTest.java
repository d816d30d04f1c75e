// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunsTest {
    @Test
    void eachFigureHasItsOwnMedian() {
        Runs runs = new Runs();
        runs.add(new Measurement(1, 30, 200));
        runs.add(new Measurement(2, 10, 300));
        runs.add(new Measurement(3, 20, 100));

        assertThat(runs.median()).contains(new Measurement(2, 20, 200));
    }

    @Test
    void aCommandThatFailedOnceHasNoMedian() {
        Runs runs = new Runs();
        runs.add(new Measurement(1, 1, 1));
        runs.fail("ended with 1: the | reason\n");

        assertThat(runs.median()).isEmpty();
        assertThat(runs.error()).isEqualTo("ended with 1: the / reason");
    }

    @Test
    void theLineThatSpeaksOfAnErrorIsKept() {
        Runs runs = new Runs();
        runs.fail("pulling\nError: status 429\n<html>\n</html>\n");

        assertThat(runs.error()).isEqualTo("Error: status 429");
    }

    @Test
    void refusedRequestsAreSummedOverTheRuns() {
        Runs runs = new Runs();
        runs.count(1, 20);
        runs.count(0, 30);

        assertThat(runs.refusedPercent()).contains(2.0);
        assertThat(runs.refusals()).isEqualTo("1 of 50 requests refused");
    }
}
