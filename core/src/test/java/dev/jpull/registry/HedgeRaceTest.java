// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A race of two requests, without hosts: the test decides when the second request is sent. */
class HedgeRaceTest {
    private static final Duration LATE = Duration.ofSeconds(2);

    private final Cancellation cancellation = new Cancellation();
    private final List<String> discarded = new ArrayList<>();
    private final List<FutureTask<?>> timers = new ArrayList<>();
    private final Hedge hedge = new Hedge((Hedge.Clock) this::after);
    private int secondWins;

    private Future<?> after(Duration pause, Runnable task) {
        assertThat(pause).isEqualTo(LATE);
        FutureTask<?> timer = new FutureTask<>(task, null);
        timers.add(timer);
        return timer;
    }

    private void timeIsUp() {
        timers.forEach(FutureTask::run);
    }

    private String race(Hedge.Request<String, IOException> first, Hedge.Request<String, IOException> second)
            throws IOException {
        return hedge.race(cancellation, LATE, first, second, discarded::add, () -> secondWins++);
    }

    private static String never(Cancellation unused) {
        throw new AssertionError("the second request was sent");
    }

    private static String cancelled(Cancellation within) {
        assertThat(within.isCancelled()).isTrue();
        throw new PullCancelledException("cancelled");
    }

    @Test
    void anAnswerInTimeSendsNoSecondRequest() throws Exception {
        assertThat(race(within -> "first", HedgeRaceTest::never)).isEqualTo("first");
        assertThat(timers).singleElement().satisfies(timer -> assertThat(timer).isCancelled());
    }

    @Test
    void aFailureInTimeSendsNoSecondRequest() {
        assertThatThrownBy(() -> race(
                        within -> {
                            throw new IOException("first");
                        },
                        HedgeRaceTest::never))
                .isInstanceOf(IOException.class)
                .hasMessage("first");
        assertThat(timers).singleElement().satisfies(timer -> assertThat(timer).isCancelled());
    }

    @Test
    void theSecondAnswerCountsAndCancelsTheFirstRequest() throws Exception {
        String answer = race(
                within -> {
                    timeIsUp();
                    return cancelled(within);
                },
                within -> "second");
        assertThat(answer).isEqualTo("second");
        assertThat(secondWins).isOne();
        assertThat(discarded).isEmpty();
        assertThat(cancellation.isCancelled()).isFalse();
    }

    @Test
    void aFirstAnswerAfterTheSecondOneIsDiscarded() throws Exception {
        String answer = race(
                within -> {
                    timeIsUp();
                    return "first";
                },
                within -> "second");
        assertThat(answer).isEqualTo("second");
        assertThat(discarded).containsExactly("first");
        assertThat(secondWins).isOne();
    }

    @Test
    void theFirstAnswerCountsWhenTheSecondRequestFailed() throws Exception {
        String answer = race(
                within -> {
                    timeIsUp();
                    return "first";
                },
                within -> {
                    throw new IOException("second");
                });
        assertThat(answer).isEqualTo("first");
        assertThat(secondWins).isZero();
    }

    @Test
    void theSecondAnswerCountsWhenTheFirstRequestFailedLate() throws Exception {
        String answer = race(
                within -> {
                    timeIsUp();
                    throw new IOException("first");
                },
                within -> "second");
        assertThat(answer).isEqualTo("second");
    }

    @Test
    void theFirstFailureIsThrownWhenBothFail() {
        assertThatThrownBy(() -> race(
                        within -> {
                            timeIsUp();
                            throw new IOException("first");
                        },
                        within -> {
                            throw new IOException("second");
                        }))
                .hasMessage("first");
    }

    @Test
    void theSecondRequestIsCancelledByTheFirstAnswer() throws Exception {
        List<Cancellation> second = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        String answer = race(
                within -> {
                    Thread thread = new Thread(this::timeIsUp);
                    threads.add(thread);
                    thread.start();
                    awaitFirstOf(second);
                    return "first";
                },
                within -> {
                    synchronized (second) {
                        second.add(within);
                        second.notifyAll();
                    }
                    while (!within.isCancelled()) {
                        Thread.onSpinWait();
                    }
                    return "second";
                });
        assertThat(answer).isEqualTo("first");
        threads.get(0).join();
        assertThat(discarded).containsExactly("second");
    }

    private static void awaitFirstOf(List<Cancellation> started) {
        synchronized (started) {
            while (started.isEmpty()) {
                try {
                    started.wait();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void aCancelledPullEndsTheRace() {
        assertThatThrownBy(() -> race(
                        within -> {
                            cancellation.cancel();
                            return cancelled(within);
                        },
                        HedgeRaceTest::never))
                .isInstanceOf(PullCancelledException.class);
    }

    @Test
    void aDefectInTheSecondRequestIsNotHidden() {
        assertThatThrownBy(() -> race(
                        within -> {
                            timeIsUp();
                            throw new IOException("first");
                        },
                        within -> {
                            throw new IllegalStateException("defect");
                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("defect");
    }

    @Test
    void aClosedHedgeStartsNoRace() {
        hedge.close();
        assertThatThrownBy(() -> race(within -> "first", HedgeRaceTest::never))
                .isInstanceOf(PullCancelledException.class);
    }
}
