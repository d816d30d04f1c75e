// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import dev.jpull.registry.HostFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many requests a host gets, by a clock of the test's own. */
@Timeout(60)
class ConnectionBudgetTest {
    private static final String HOST = "https://host.example";
    private static final String OTHER = "https://other.example";
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LATER = Duration.ofMillis(20);

    private long now;
    private final ConnectionBudget connections = new ConnectionBudget(16, 12, 0, () -> now);
    private final List<ConnectionBudget.Permit> permits = new ArrayList<>();

    /** Takes all permits that there are. Returns how many requests are in flight. */
    private int fill() {
        for (var permit = connections.enterIfFree(HOST); permit != null; permit = connections.enterIfFree(HOST)) {
            permits.add(permit);
        }
        return connections.inFlight();
    }

    private void answerAll(Duration time) {
        List.copyOf(permits).forEach(permit -> permit.answered(time));
    }

    /** Bytes come for a while, so many a millisecond and request up to a limit. */
    private void receive(long millis, int perRequest, int atMost) {
        for (long i = 0; i < millis; i += 10) {
            now += 10_000_000;
            fill();
            answerAll(SOON);
            while (connections.inFlight() > connections.limit(HOST)) {
                permits.remove(0).close();
            }
            connections.received(HOST, 10L * Math.min(atMost, perRequest * connections.inFlight()));
        }
    }

    @Test
    void aHostGetsFewMoreThanItHasAnsweredAtOnce() {
        assertThat(fill()).isEqualTo(HostLimit.FIRST);
        permits.get(0).answered(LATER);
        permits.get(1).answered(LATER);
        assertThat(fill()).isEqualTo(2 + HostLimit.AHEAD);
        answerAll(LATER);
        assertThat(fill()).isEqualTo(5 + HostLimit.AHEAD);
        answerAll(LATER);
        answerAll(LATER);
        assertThat(fill()).isEqualTo(8 + HostLimit.AHEAD);
        answerAll(LATER);
        assertThat(fill()).as("the limit of a host").isEqualTo(12);
    }

    @Test
    void aNearHostGetsMoreOnlyWhileThatIsFaster() {
        receive(90, 1000, Integer.MAX_VALUE);
        assertThat(connections.inFlight()).isEqualTo(HostLimit.ENOUGH_NEARBY);
        receive(600, 1000, Integer.MAX_VALUE);
        assertThat(connections.inFlight()).isEqualTo(12);
    }

    @Test
    void aNearHostThatIsNotFasterKeepsItsLimit() {
        receive(2000, 1000, 5000);
        assertThat(connections.inFlight()).isLessThanOrEqualTo(HostLimit.ENOUGH_NEARBY + HostLimit.AHEAD);
    }

    @Test
    void thereAreAsFewAsDoTheSame() {
        receive(500, 1000, Integer.MAX_VALUE);
        assertThat(connections.limit(HOST)).isEqualTo(12);
        receive(60_000, 1000, 2500);
        assertThat(connections.limit(HOST)).isEqualTo(HostLimit.FIRST);
    }

    @Test
    void aHostThatRefusesHasAsManyAsItAnswered() {
        fill();
        answerAll(LATER);
        fill();
        permits.subList(5, 7).forEach(permit -> permit.answered(LATER));
        refuse(permits.get(7));
        assertThat(connections.limit(HOST)).isEqualTo(7);
        assertThat(fill()).isEqualTo(7);
    }

    @Test
    void whatWasSentBeforeARefusalWasKnownIsNotTakenForALimitOfTheRate() {
        fill();
        now += 1;
        permits.get(0).answered(LATER);
        permits.get(1).answered(LATER);
        for (int i = 4; i > 1; i--) {
            refuse(permits.get(i));
        }
        assertThat(connections.limit(HOST)).isEqualTo(2);
    }

    @Test
    void aHostThatRefusesWhatItHasAnsweredBeforeHasHalfAsMany() {
        fill();
        answerAll(LATER);
        fill();
        answerAll(LATER);
        List.copyOf(permits.subList(4, permits.size())).forEach(permit -> {
            permit.close();
            permits.remove(permit);
        });
        now += 1;
        ConnectionBudget.Permit fifth = Objects.requireNonNull(connections.enterIfFree(HOST));
        permits.add(fifth);
        refuse(fifth);
        assertThat(connections.limit(HOST)).isEqualTo(2);
    }

    @Test
    void aHostThatHasRefusedGetsOneMoreAfterAWhileAndThenLessOften() {
        fill();
        refuse(permits.get(4));
        receive(3900, 1000, Integer.MAX_VALUE);
        assertThat(connections.limit(HOST)).isEqualTo(4);
        now += Duration.ofMillis(1200).toNanos();
        connections.received(HOST, 1);
        assertThat(connections.limit(HOST)).isEqualTo(5);
        fill();
        refuse(permits.get(4));
        receive(7900, 1000, Integer.MAX_VALUE);
        assertThat(connections.limit(HOST)).isEqualTo(4);
    }

    private void refuse(ConnectionBudget.Permit permit) {
        permit.refused();
        permit.close();
        permits.remove(permit);
    }

    @Test
    void aWorkerGetsNothingWhileADownloadWaits() throws Exception {
        fill();
        Cancellation calls = new Cancellation();
        FutureTask<ConnectionBudget.Permit> download =
                inBackground(() -> connections.enter(HOST, calls, Duration.ofDays(1)));
        while (!connections.isCrowded(HOST)) {
            Thread.onSpinWait();
        }
        calls.cancel();
        assertThatThrownBy(download::get).hasCauseInstanceOf(PullCancelledException.class);
        assertThat(connections.isCrowded(HOST)).isFalse();
        assertThat(connections.enterBeside(HOST)).as("the limit").isNull();
        permits.remove(0).close();
        assertThat(connections.enterBeside(HOST)).isNotNull();
    }

    @Test
    void aWaitForAPermitHasAnEnd() {
        fill();
        assertThat(connections.enter(HOST, new Cancellation(), Duration.ZERO)).isNotNull();
        assertThat(connections.inFlight()).isEqualTo(HostLimit.FIRST + 1);
    }

    @Test
    void aFixedNumberOfDownloadsIsNotLoweredByTheOtherLimits() {
        ConnectionBudget fixed = new ConnectionBudget(2, 1, 20, () -> now);
        assertThat(fixed.downloads()).isEqualTo(20);
        for (int i = 0; i < 20; i++) {
            assertThat(fixed.enterIfFree(HOST)).isNotNull();
        }
        assertThat(fixed.enterBeside(HOST)).isNull();
    }

    @Test
    void thereAreAsManyDownloadsAsTheHostsInUseAllow() {
        assertThat(connections.downloads()).isEqualTo(HostLimit.FIRST);
        fill();
        answerAll(LATER);
        assertThat(connections.downloads()).isEqualTo(8);
        assertThat(connections.enterIfFree("https://other.example")).isNotNull();
        assertThat(connections.downloads()).isEqualTo(13);
    }

    @Test
    void aListenerIsToldOfRoom() {
        int[] told = {0};
        Runnable listener = () -> told[0]++;
        connections.addListener(listener);
        fill();
        permits.get(0).answered(LATER);
        permits.get(0).close();
        assertThat(told[0]).isEqualTo(2);
        connections.removeListener(listener);
        permits.get(1).close();
        assertThat(told[0]).isEqualTo(2);
    }

    @Test
    void aDownloadThatWaitsForOneHostLeavesTheWorkersOfAnother() throws Exception {
        fill();
        FutureTask<ConnectionBudget.Permit> waits =
                inBackground(() -> connections.enter(HOST, new Cancellation(), Duration.ofDays(1)));
        while (!connections.isCrowded(HOST)) {
            Thread.onSpinWait();
        }
        assertThat(connections.isCrowded(OTHER)).isFalse();
        assertThat(connections.enterBeside(OTHER)).isNotNull();
        permits.remove(0).close();
        assertThat(waits.get()).isNotNull();
    }

    @Test
    void aFullHostIsPassedOverWhenItHasRefusedRequests() {
        fill();
        refuse(permits.get(4));
        ConnectionBudget.Entry entry = connections.enterFirst(List.of(HOST, OTHER), new Cancellation(), Duration.ZERO);
        assertThat(entry.origin()).isEqualTo(OTHER);
        permits.remove(0).close();
        entry = connections.enterFirst(List.of(HOST, OTHER), new Cancellation(), Duration.ZERO);
        assertThat(entry.origin()).isEqualTo(HOST);
    }

    @Test
    void aFullHostThatHasRefusedNoneIsWaitedFor() {
        fill();
        ConnectionBudget.Entry entry = connections.enterFirst(List.of(HOST, OTHER), new Cancellation(), Duration.ZERO);
        assertThat(entry.origin()).isEqualTo(HOST);
    }

    @Test
    void anOverloadedHostRefusesWhatIsMoreThanEver() {
        HostFailure overloaded = HostFailure.malformed("", 503, "overloaded");
        fill();
        answerAll(LATER);
        fill();
        answerAll(LATER);
        permits.remove(0).close();
        assertThat(Objects.requireNonNull(connections.enterIfFree(HOST)).refusedBy(overloaded))
                .isFalse();
        assertThat(connections.limit(HOST)).isEqualTo(11);
        fill();
        assertThat(permits.get(permits.size() - 1).refusedBy(overloaded)).isTrue();
        assertThat(connections.limit(HOST)).isEqualTo(10);
    }

    private static <T> FutureTask<T> inBackground(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task).start();
        return task;
    }
}
