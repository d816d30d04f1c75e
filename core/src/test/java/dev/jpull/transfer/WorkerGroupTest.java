// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.ByteRange;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Segment workers return outcomes, and none of them outlives the plan that it was started for. No sockets. */
@Timeout(30)
class WorkerGroupTest {
    private static final long SIZE = 1_000;

    private final HttpClients clients = new HttpClients(HttpOptions.defaults());
    private final RegistryEndpoint first = endpoint("first.example");
    private final RegistryEndpoint second = endpoint("second.example");
    private final Cancellation download = new Cancellation();
    private final ConnectionBudget connections = new ConnectionBudget(4, 4);
    private final SegmentWorkers threads = new SegmentWorkers(connections, false);
    private final SegmentPlan plan = new SegmentPlan(List.of(new ByteRange(0, SIZE)), 1);
    private final List<RegistryEndpoint> asked = new CopyOnWriteArrayList<>();

    private RegistryEndpoint endpoint(String namespace) {
        return new RegistryEndpoint(
                clients.endpoint(new ContainerdHosts(List.of(), HostDefaults.NONE, null)
                        .hostsFor(namespace)
                        .hosts()
                        .get(0)),
                namespace);
    }

    @AfterEach
    void close() {
        threads.close();
        clients.close();
    }

    private WorkerGroup group(SegmentWorker.PieceFetch fetch) {
        Failover failover = new Failover(new HostStates(), (pause, within) -> {}, attempt -> {}, download, null);
        return new WorkerGroup(
                threads,
                plan,
                (source, piece, calls, permit) -> {
                    asked.add(source);
                    return fetch.fetch(source, piece, calls, permit);
                },
                failover,
                List.of(),
                () -> false,
                download);
    }

    private void claimAll(Segment piece) {
        plan.claim(piece, (int) (plan.end(piece) - plan.position(piece)));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private SegmentWorker worker(SegmentWorker.PieceFetch fetch) {
        return new SegmentWorker(plan, first, download, permit(), fetch, () -> true);
    }

    private ConnectionBudget.Permit permit() {
        return Objects.requireNonNull(connections.enterBeside(first.host().origin()));
    }

    private Segment piece() {
        return Objects.requireNonNull(plan.take());
    }

    @Test
    void aWorkerThatFetchedAllHasFinished() {
        assertThat(worker((source, piece, calls, permit) -> {
                            claimAll(piece);
                            return true;
                        })
                        .run(piece()))
                .isEqualTo(new WorkerOutcome.Finished());
        assertThat(plan.isDone()).isTrue();
    }

    @Test
    void aSourceWithoutRangesIsAnOutcome() {
        assertThat(worker((source, piece, calls, permit) -> false).run(piece()))
                .isEqualTo(new WorkerOutcome.NoRanges());
        assertThat(plan.position(piece())).as("the piece is open again").isZero();
    }

    @Test
    void aFailureOfTheSourceIsAnOutcome() {
        HostFailure failure = HostFailure.malformed("https://first.example", 206, "it sends more");
        assertThat(worker((source, piece, calls, permit) -> {
                            plan.claim(piece, 300);
                            throw failure;
                        })
                        .run(piece()))
                .isEqualTo(new WorkerOutcome.Failed(failure));
        assertThat(plan.position(piece())).as("the rest is open again").isEqualTo(300);
    }

    @Test
    void aSlowSourceIsNotTheFaultOfItsWorker() {
        HostFailure slow = HostFailure.slow("https://first.example", 206, "it sends only 1 byte a second");
        assertThat(worker((source, piece, calls, permit) -> {
                            throw slow;
                        })
                        .run(piece()))
                .isEqualTo(new WorkerOutcome.Preempted());
    }

    @Test
    void aFailureAfterTheEndOfTheDownloadTellsNothing() {
        HostFailure failure = HostFailure.malformed("https://first.example", 206, "it sends more");
        assertThat(worker((source, piece, calls, permit) -> {
                            download.cancel();
                            throw failure;
                        })
                        .run(piece()))
                .isEqualTo(new WorkerOutcome.Preempted());
        assertThat(plan.position(piece())).as("the piece is open again").isZero();
    }

    @Test
    void whatADownloadCannotGoOnAfterIsThrownByTheDownload() {
        IllegalStateException broken = new IllegalStateException("the disk is full");
        WorkerGroup group = group((source, piece, calls, permit) -> {
            throw broken;
        });
        group.serve(first);
        group.offer();
        group.join();
        assertThatThrownBy(group::rethrow).isSameAs(broken);
        assertThat(connections.inFlight()).isZero();
    }

    /** Repeated, because another worker would have to start between the end of the first and what follows from it. */
    @RepeatedTest(50)
    void aSourceWithoutRangesGetsNoMoreWorkers() {
        WorkerGroup group = group((source, piece, calls, permit) -> false);
        group.serve(first);
        group.offer();
        group.join();
        group.begin(List.of());
        group.serve(first);
        group.offer();
        group.join();
        assertThat(asked).containsExactly(first);
    }

    /** The window between the last byte of a plan and the end of the worker that fetched it. */
    @Test
    void noWorkerOfAnEarlierTryTakesAPieceOfTheNextOne() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        WorkerGroup group = group((source, piece, calls, permit) -> {
            claimAll(piece);
            plan.leave(piece);
            done.countDown();
            await(released);
            return true;
        });
        group.serve(first);
        group.offer();
        await(done);
        assertThat(plan.isDone()).as("every byte was fetched").isTrue();

        Thread restart = new Thread(() -> {
            group.join();
            plan.reset(List.of(new ByteRange(0, SIZE)));
            group.begin(List.of());
            group.serve(second);
        });
        restart.start();
        restart.join(100);
        assertThat(restart.isAlive()).as("waits for the worker").isTrue();
        assertThat(plan.isDone()).as("has not started anew").isTrue();
        released.countDown();
        restart.join();

        assertThat(asked).as("before the second try").containsExactly(first);
        group.offer();
        group.join();
        assertThat(asked).containsExactly(first, second);
        assertThat(plan.isDone()).isTrue();
        assertThat(connections.inFlight()).isZero();
    }

    @Test
    void aJoinedGroupStartsNoWorker() {
        WorkerGroup group = group((source, piece, calls, permit) -> true);
        group.serve(first);
        group.join();
        group.serve(first);
        group.offer();
        assertThat(asked).isEmpty();
        assertThat(connections.inFlight()).isZero();
    }

    @Test
    void workersOfASourceThatIsLeftEnd() {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        WorkerGroup group = group((source, piece, calls, permit) -> {
            started.countDown();
            await(released);
            assertThat(calls.isCancelled()).isTrue();
            throw HostFailure.malformed("https://first.example", 206, "cancelled");
        });
        group.serve(first);
        group.offer();
        await(started);
        group.leaveSource();
        group.offer();
        released.countDown();
        group.join();
        group.rethrow();
        assertThat(asked).containsExactly(first);
        assertThat(plan.position(piece())).isZero();
    }
}
