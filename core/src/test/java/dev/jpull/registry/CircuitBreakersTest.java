// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.CircuitBreaker.Permit;
import dev.jpull.registry.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One request tests a host, the others wait for the outcome. */
class CircuitBreakersTest {
    private static final String HOST = "https://host.example";

    private long now;
    private final CircuitBreakers breakers = new CircuitBreakers(() -> now);
    private final CircuitBreaker breaker = breakers.of(HOST);
    private final Cancellation cancellation = new Cancellation();

    private Permit acquire() {
        try {
            return breaker.acquire(() -> false, cancellation);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request of another thread, which is blocked in the breaker when this returns. */
    private CompletableFuture<State> another() throws InterruptedException {
        CompletableFuture<State> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                outcome.complete(acquire().state());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!isBlocked(thread)) {
            assertThat(thread.isAlive() && System.nanoTime() < deadline)
                    .as("the request waits for the test: " + outcome)
                    .isTrue();
            Thread.sleep(1);
        }
        return outcome;
    }

    private static boolean isBlocked(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(CircuitBreaker.class.getName()));
    }

    private static State outcome(CompletableFuture<State> request) throws Exception {
        return request.get(10, TimeUnit.SECONDS);
    }

    @Test
    void eachHostHasABreakerOfItsOwn() {
        breaker.open("gone", Duration.ZERO);
        assertThat(breakers.of(HOST).isOpen()).isTrue();
        assertThat(breakers.of("https://other.example").isOpen()).isFalse();
    }

    @Test
    void otherRequestsWaitForTheOutcomeOfTheTest() throws Exception {
        assertThat(acquire().state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.isTested()).isTrue();
        CompletableFuture<State> second = another();
        CompletableFuture<State> third = another();
        assertThat(second).isNotDone();
        assertThat(third).isNotDone();
        breaker.open("gone", Duration.ZERO);
        assertThat(outcome(second)).isEqualTo(State.OPEN);
        assertThat(outcome(third)).isEqualTo(State.OPEN);
        assertThat(breaker.isTested()).isFalse();
        assertThat(breaker.reason()).isEqualTo("gone");
    }

    @Test
    void anAnswerClosesTheBreakerForAllRequests() throws Exception {
        assertThat(acquire().state()).isEqualTo(State.HALF_OPEN);
        CompletableFuture<State> second = another();
        breaker.close();
        assertThat(outcome(second)).isEqualTo(State.CLOSED);
    }

    @Test
    void aPermitThatIsClosedWithoutAnOutcomeLeavesTheTestToTheNextRequest() throws Exception {
        Permit test = acquire();
        CompletableFuture<State> second = another();
        test.close();
        assertThat(outcome(second)).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.isTested()).isTrue();
    }

    @Test
    void onlyThePermitOfTheTestEndsTheTest() throws Exception {
        try (Permit test = acquire()) {
            assertThat(test.state()).isEqualTo(State.HALF_OPEN);
            Permit sentAnyway = breaker.acquire(() -> true, cancellation);
            assertThat(sentAnyway.state()).isEqualTo(State.CLOSED);
            sentAnyway.close();
            assertThat(breaker.isTested()).isTrue();
        }
        assertThat(breaker.isTested()).isFalse();
    }

    @Test
    void aPermitThatIsClosedLateDoesNotEndTheNextTest() {
        Permit first = acquire();
        breaker.open("gone", Duration.ZERO);
        now += CircuitBreaker.OPEN_TIME.toNanos();
        assertThat(acquire().state()).isEqualTo(State.HALF_OPEN);
        first.close();
        assertThat(acquire().state()).isEqualTo(State.OPEN);
    }

    @Test
    void aCancelledPullDoesNotWait() throws Exception {
        assertThat(acquire().state()).isEqualTo(State.HALF_OPEN);
        CompletableFuture<State> second = another();
        cancellation.cancel();
        assertThat(outcome(second)).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void anOpenBreakerIsTestedAfterAWhileAndOtherRequestsGoOnWithoutTheHost() {
        breaker.open("gone", Duration.ZERO);
        assertThat(acquire().state()).isEqualTo(State.OPEN);
        now += CircuitBreaker.OPEN_TIME.toNanos() - 1;
        assertThat(acquire().state()).isEqualTo(State.OPEN);
        now += 1;
        assertThat(breaker.isOpen()).isFalse();
        assertThat(acquire().state()).isEqualTo(State.HALF_OPEN);
        assertThat(acquire().state()).isEqualTo(State.OPEN);
        breaker.close();
        assertThat(acquire().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void theBreakerStaysOpenForLongerAfterATestThatTookLong() {
        breaker.open("no answer in time", Duration.ofSeconds(15));
        now += Duration.ofSeconds(359).toNanos();
        assertThat(breaker.isOpen()).isTrue();
        now += Duration.ofSeconds(2).toNanos();
        assertThat(breaker.isOpen()).isFalse();
        breaker.open("connection refused", Duration.ZERO);
        now += Duration.ofSeconds(61).toNanos();
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void aLateHostIsOnlyOpenWhenItHasNeverAnswered() {
        breaker.openUnlessClosed("late");
        assertThat(breaker.isOpen()).isTrue();
        breaker.close();
        breaker.openUnlessClosed("late");
        assertThat(breaker.isOpen()).isFalse();
    }
}
