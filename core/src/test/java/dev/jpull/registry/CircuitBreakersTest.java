// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.CircuitBreakers.Admission;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One finds out, the others wait for it. */
class CircuitBreakersTest {
    private static final String HOST = "https://host.example";

    private long now;
    private final CircuitBreakers health = new CircuitBreakers(() -> now);
    private final Cancellation cancellation = new Cancellation();

    private CompletableFuture<Admission> another() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return health.admit(HOST, () -> false, cancellation);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void theOthersWaitForWhatTheFirstOneFindsOut() throws Exception {
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.TEST);
        CompletableFuture<Admission> second = another();
        CompletableFuture<Admission> third = another();
        assertThat(second).isNotDone();
        health.markDown(HOST, "gone");
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(Admission.DOWN);
        assertThat(third.get(10, TimeUnit.SECONDS)).isEqualTo(Admission.DOWN);
    }

    @Test
    void aHostThatAnsweredIsForAll() throws Exception {
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.TEST);
        CompletableFuture<Admission> second = another();
        health.markUp(HOST);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(Admission.WELL);
    }

    @Test
    void whoFoundNothingOutLeavesItToTheNextOne() throws Exception {
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.TEST);
        CompletableFuture<Admission> second = another();
        health.leaveOpen(HOST);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(Admission.TEST);
    }

    @Test
    void aCancelledPullDoesNotWait() throws Exception {
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.TEST);
        CompletableFuture<Admission> second = another();
        cancellation.cancel();
        assertThat(second.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void afterAWhileOneTriesAgainAndTheOthersGoOnWithoutTheHost() throws Exception {
        health.markDown(HOST, "gone");
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.DOWN);
        now += Duration.ofSeconds(61).toNanos();
        assertThat(health.isDown(HOST)).isFalse();
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.TEST);
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.DOWN);
        health.markUp(HOST);
        assertThat(health.admit(HOST, () -> false, cancellation)).isEqualTo(Admission.WELL);
    }

    @Test
    void aHostThatCostALongWaitIsRememberedForLonger() {
        health.markDown(HOST, "no answer in time", Duration.ofSeconds(15));
        now += Duration.ofSeconds(359).toNanos();
        assertThat(health.isDown(HOST)).isTrue();
        now += Duration.ofSeconds(2).toNanos();
        assertThat(health.isDown(HOST)).isFalse();
        health.markDown(HOST, "connection refused");
        now += Duration.ofSeconds(61).toNanos();
        assertThat(health.isDown(HOST)).isFalse();
    }

    @Test
    void patienceIsForAllAndEnds() {
        health.bePatient(HOST, Duration.ofSeconds(2));
        health.bePatient(HOST, Duration.ofSeconds(1));
        assertThat(health.patience(HOST)).isEqualTo(Duration.ofSeconds(2));
        now += Duration.ofMillis(1500).toNanos();
        assertThat(health.patience(HOST)).isEqualTo(Duration.ofMillis(500));
        now += Duration.ofSeconds(1).toNanos();
        assertThat(health.patience(HOST)).isZero();
    }

    @Test
    void aHostThatIsLateInARowIsWaitedForHalfAsLongEachTime() {
        health.answered(HOST, Duration.ofSeconds(12));
        Duration total = Duration.ZERO;
        for (int document = 0; document < 100; document++) {
            total = total.plus(health.late(HOST));
            health.wasLate(HOST);
        }
        assertThat(total).isLessThan(Duration.ofSeconds(36));
        assertThat(health.late(HOST)).isEqualTo(Duration.ofMillis(250));
        health.answered(HOST, Duration.ofMillis(100));
        assertThat(health.late(HOST)).isGreaterThan(Duration.ofSeconds(1));
    }
}
