// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many connections a host gets, by a clock of the test's own. */
class ConnectionBudgetTest {
    private static final String HOST = "https://host.example";

    private long now;
    private final ConnectionBudget connections = new ConnectionBudget(16, 8, () -> now);

    /** Bytes come for a while, so many a millisecond and connection up to a limit. */
    private void receive(long millis, int perConnection, int atMost) {
        for (long i = 0; i < millis; i += 10) {
            now += 10_000_000;
            while (connections.enterIfFree(HOST)) {
                assertThat(connections.active()).isLessThanOrEqualTo(16);
            }
            while (connections.isCrowded(HOST)) {
                connections.leave(HOST);
            }
            connections.received(HOST, 10L * Math.min(atMost, perConnection * connections.active()));
        }
    }

    @Test
    void aDownloadAlwaysHasItsConnection() {
        for (int i = 0; i < 20; i++) {
            connections.enter(HOST);
        }
        assertThat(connections.active()).isEqualTo(20);
        assertThat(connections.isCrowded(HOST)).isTrue();
        assertThat(connections.enterIfFree(HOST)).isFalse();
    }

    @Test
    void thereAreMoreAndMoreUpToTheLimitOfTheHost() {
        connections.enter(HOST);
        assertThat(connections.enterIfFree(HOST)).as("not at once").isFalse();
        receive(200, 1000, Integer.MAX_VALUE);
        assertThat(connections.active()).isEqualTo(2);
        receive(1000, 1000, Integer.MAX_VALUE);
        assertThat(connections.active()).isEqualTo(8);
        for (int i = 0; i < 30; i++) {
            receive(1000, 1000, Integer.MAX_VALUE);
            assertThat(connections.active()).isBetween(6, 8);
        }
    }

    @Test
    void thereAreAsFewAsDoTheSame() {
        connections.enter(HOST);
        receive(40_000, 1000, 2500);
        assertThat(connections.limit(HOST)).isBetween(2, 4);
    }

    @Test
    void aHostThatComplainsHasHalfAsManyAndMoreOneByOne() {
        connections.enter(HOST);
        receive(1500, 1000, Integer.MAX_VALUE);
        connections.refused(HOST);
        assertThat(connections.limit(HOST)).isEqualTo(4);
        receive(3000, 1000, Integer.MAX_VALUE);
        assertThat(connections.limit(HOST)).isEqualTo(4);
        receive(2500, 1000, Integer.MAX_VALUE);
        assertThat(connections.limit(HOST)).isBetween(5, 6);
        for (int i = 0; i < 10; i++) {
            connections.refused(HOST);
        }
        assertThat(connections.limit(HOST)).isEqualTo(1);
    }

    @Test
    void hostsAreJudgedEachByItself() {
        connections.enter(HOST);
        receive(1500, 1000, Integer.MAX_VALUE);
        assertThat(connections.limit("https://other.example")).isEqualTo(1);
    }
}
