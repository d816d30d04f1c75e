// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.PullCancelledException;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop over the hosts, without a socket and on a virtual clock: what a host answers is a lambda. */
class FailoverTest {
    @TempDir
    Path temporary;

    private final List<Attempt> fallbacks = new CopyOnWriteArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<FutureTask<?>> timers = new CopyOnWriteArrayList<>();
    private final Cancellation cancellation = new Cancellation();
    private long now;
    private final HostStates states = new HostStates(() -> now);
    private final Hedge hedge = new Hedge((Hedge.Clock) this::after);
    private HttpClients clients;
    private List<RegistryEndpoint> hosts;
    private RegistryEndpoint mirror;
    private RegistryEndpoint upstream;
    private Failover pull;

    @BeforeEach
    void configure() {
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"),
                "server = \"http://upstream.example\"\n[host.\"http://mirror.example\"]\n");
        clients = new HttpClients(HttpOptions.defaults());
        hosts = new ContainerdHosts(List.of(temporary.resolve("certs.d")), HostDefaults.NONE, null)
                .hostsFor("registry.example").hosts().stream()
                        .map(host -> new RegistryEndpoint(clients.endpoint(host), "registry.example"))
                        .toList();
        mirror = hosts.get(0);
        upstream = hosts.get(1);
        pull = failover(null);
        assertThat(mirror.host().origin()).isEqualTo("http://mirror.example");
    }

    @AfterEach
    void close() {
        hedge.close();
        clients.close();
    }

    private Future<?> after(Duration pause, Runnable task) {
        FutureTask<?> timer = new FutureTask<>(task, null);
        timers.add(timer);
        return timer;
    }

    private Failover failover(@Nullable Hedge used) {
        return new Failover(
                states,
                (duration, within) -> {
                    pauses.add(duration);
                    now += duration.toNanos();
                },
                fallbacks::add,
                cancellation,
                used);
    }

    private String ask(Failover.Operation<String> operation) throws HostsExhausted {
        return pull.first(Phase.MANIFEST, hosts, new RetryBudget(), (endpoint, within) -> {
                    asked.add(endpoint.host().host());
                    return operation.ask(endpoint, within);
                })
                .value();
    }

    private static HostFailure status(int status, @Nullable Duration retryAfter) {
        return new HostFailure(
                FailureClass.ofStatus(status), status, "http://host.example/v2/", "status " + status, retryAfter, null);
    }

    @Test
    void theFirstHostThatAnswersEndsTheLoop() throws Exception {
        assertThat(ask((endpoint, within) -> "content")).isEqualTo("content");
        assertThat(asked).containsExactly("mirror.example");
        assertThat(fallbacks).isEmpty();
        assertThat(pauses).isEmpty();
    }

    @Test
    void aHostThatFailsIsReportedAndTheNextOneIsAsked() throws Exception {
        assertThat(ask((endpoint, within) -> {
                    if (endpoint.equals(mirror)) {
                        throw status(404, null);
                    }
                    return "content";
                }))
                .isEqualTo("content");
        assertThat(asked).containsExactly("mirror.example", "upstream.example");
        assertThat(fallbacks).extracting(Attempt::kind).containsExactly(AttemptKind.NOT_FOUND);
    }

    @Test
    void aRefusedConnectionOpensTheBreakerAndLaterRequestsSkipTheHost() throws Exception {
        Failover.Operation<String> refused = (endpoint, within) -> {
            if (endpoint.equals(mirror)) {
                throw new ConnectException("connection refused");
            }
            return "content";
        };
        ask(refused);
        ask(refused);
        assertThat(asked).containsExactly("mirror.example", "upstream.example", "upstream.example");
        assertThat(fallbacks).hasSize(1);
        now += CircuitBreaker.OPEN_TIME.toNanos();
        ask(refused);
        assertThat(asked).endsWith("mirror.example", "upstream.example");
    }

    @Test
    void whenAllBreakersAreOpenAllHostsAreAskedUntilOneIsTheLast() {
        states.breakers().of(mirror).open("gone", Duration.ZERO);
        states.breakers().of(upstream).open("gone", Duration.ZERO);
        assertThatThrownBy(() -> ask((endpoint, within) -> {
                    throw new ConnectException("connection refused");
                }))
                .isInstanceOfSatisfying(
                        HostsExhausted.class, e -> assertThat(e.failures()).hasSize(2));
        assertThat(asked).containsExactly("upstream.example");
    }

    @Test
    void aThrottledHostIsAskedAgainAfterAShortBackoff() throws Exception {
        assertThat(ask((endpoint, within) -> {
                    if (asked.size() == 1) {
                        throw status(429, Duration.ofSeconds(2));
                    }
                    return "content";
                }))
                .isEqualTo("content");
        assertThat(asked).containsExactly("mirror.example", "mirror.example");
        assertThat(pauses).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    void aLongBackoffLeadsToTheNextHostAndLaterRequestsDoNotAskEither() throws Exception {
        Failover.Operation<String> throttled = (endpoint, within) -> {
            if (endpoint.equals(mirror)) {
                throw status(429, Duration.ofSeconds(30));
            }
            return "content";
        };
        ask(throttled);
        pull.backOff(mirror, status(429, Duration.ofSeconds(30)));
        ask(throttled);
        assertThat(asked).containsExactly("mirror.example", "upstream.example", "upstream.example");
        assertThat(pauses).isEmpty();
    }

    @Test
    void theLastHostIsAskedAgainAsLongAsTheBudgetLasts() {
        assertThatThrownBy(() -> ask((endpoint, within) -> {
                    throw status(503, null);
                }))
                .isInstanceOfSatisfying(
                        HostsExhausted.class, e -> assertThat(e.failures()).hasSize(2 + RetryBudget.MAX_RETRIES));
        assertThat(asked).hasSize(2 + RetryBudget.MAX_RETRIES);
        assertThat(pauses).hasSize(RetryBudget.MAX_RETRIES);
    }

    @Test
    void aCancelledRequestAsksNoFurtherHost() {
        assertThatThrownBy(() -> ask((endpoint, within) -> {
                    cancellation.cancel();
                    throw new IOException("Canceled");
                }))
                .isInstanceOf(PullCancelledException.class);
        assertThat(asked).containsExactly("mirror.example");
    }

    @Test
    void aRequestThatFailsWithoutAnOutcomeReturnsTheTest() {
        assertThatThrownBy(() -> ask((endpoint, within) -> {
                    throw new IllegalStateException("defect");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(states.breakers().of(mirror).isTested()).isFalse();
    }

    @Test
    void aSilentMirrorIsOpenForOtherRequestsAndASilentLastHostIsNot() {
        assertThatThrownBy(() -> ask((endpoint, within) -> {
                    now += Duration.ofSeconds(15).toNanos();
                    throw new SocketTimeoutException("timeout");
                }))
                .isInstanceOf(HostsExhausted.class);
        assertThat(states.breakers().of(mirror).isOpen()).isTrue();
        assertThat(states.breakers().of(upstream).isOpen()).isFalse();
    }

    private Failover.Success<String> hedged(Failover.Operation<String> operation) {
        try {
            return failover(hedge).hedged(Phase.BLOB, hosts, new RetryBudget(), operation, late -> {});
        } catch (HostsExhausted e) {
            throw new IllegalStateException(e);
        }
    }

    private static String awaitCancellation(Cancellation within) {
        while (!within.isCancelled()) {
            Thread.onSpinWait();
        }
        throw new PullCancelledException("cancelled");
    }

    /** The second request of one blob tests the next host; that of another blob waits for the outcome, and then uses the host. */
    @Test
    void theSecondRequestUsesAHostThatAnotherRequestTests() throws Exception {
        states.breakers().of(mirror).close();
        try (CircuitBreaker.Permit test = states.breakers().of(upstream).acquire(() -> false, cancellation)) {
            assertThat(test.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
            CompletableFuture<Failover.Success<String>> blob =
                    CompletableFuture.supplyAsync(() -> hedged((endpoint, within) -> {
                        if (endpoint.equals(upstream)) {
                            return "content";
                        }
                        Thread second = new Thread(timers.get(0));
                        second.start();
                        return awaitCancellation(within);
                    }));
            assertThat(blob).isNotDone();
            states.breakers().of(upstream).close();
            assertThat(blob.get(10, TimeUnit.SECONDS).endpoint()).isEqualTo(upstream);
        }
        assertThat(fallbacks).extracting(Attempt::kind).containsExactly(AttemptKind.LATE);
    }

    /** The first request has gone on to the next host and tests it: the second one does not wait for that. */
    @Test
    void theSecondRequestLeavesAHostToTheFirstOneThatTestsIt() {
        List<RegistryEndpoint> requests = new ArrayList<>();
        Failover.Success<String> success = hedged((endpoint, within) -> {
            requests.add(endpoint);
            if (endpoint.equals(mirror)) {
                throw status(404, null);
            }
            timers.get(0).run(); // on this thread, so that a wait would never end
            return "content";
        });
        assertThat(success.endpoint()).isEqualTo(upstream);
        assertThat(requests).containsExactly(mirror, upstream);
    }
}
