// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.FailureKind;
import dev.jpull.error.InternalException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.event.PullEvent;
import dev.jpull.pull.GuardedCredentials;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happens inside, a caller gets a result or one failure of the right kind. */
class OutboundPolicyTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT = new ImageFactory(8)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(3_000_000, Compression.NONE),
                    new Layer(60_000, Compression.GZIP));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        fixture.hosts("server = \"" + upstream.origin() + "\"");
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    /** Throws anything without declaring it, as Kotlin does. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** A source that throws. */
    private record Throwing(Throwable thrown) implements CredentialSource {
        @Override
        public Optional<Credential> credentialFor(String host) {
            OutboundPolicyTest.<RuntimeException>sneak(thrown);
            return Optional.empty();
        }
    }

    static Stream<Throwable> whatSourcesThrow() {
        return Stream.of(
                new IllegalStateException("the vault with hunter2 is sealed"),
                new NoClassDefFoundError("vault"),
                new StackOverflowError(),
                new InterruptedException("sneaky"),
                new java.util.concurrent.CancellationException(),
                new IOException("vault"));
    }

    @ParameterizedTest
    @MethodSource("whatSourcesThrow")
    void aCredentialSourceThatThrowsIsNamed(Throwable thrown) {
        upstream.requireBasic("alice", "secret");
        List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
        try (ImagePuller puller = fixture.builder()
                .credentials(new Throwing(thrown))
                .listener(events::add)
                .build()) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> puller.pull(IMAGE), () -> puller.resolve(IMAGE), () -> puller.explain(IMAGE))) {
                assertThatThrownBy(call)
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining(Throwing.class.getName())
                        .hasMessageContaining(upstream.host())
                        .hasMessageNotContaining("hunter2")
                        .hasCause(thrown);
            }
            assertThat(puller.pullAsync(PullRequest.of(IMAGE)))
                    .completesExceptionallyWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withCauseInstanceOf(ConfigurationException.class);
        }
        assertThat(events).filteredOn(PullEvent.PullFailed.class::isInstance).hasSize(2);
    }

    private static final CredentialRefusal REFUSAL =
            new CredentialRefusal("a.example", "app", new Credential("host", "secret"), 401, "basic");

    @Test
    void aGuardedSourceAnswersEveryQuestionAsTheSourceDoes() throws ReflectiveOperationException {
        CredentialSource source = new CredentialSource() {
            @Override
            public Optional<Credential> credentialFor(String host) {
                return Optional.of(new Credential("host", "secret"));
            }

            @Override
            public Optional<Credential> credentialFor(String host, String repository) {
                return Optional.of(new Credential("repository", "secret"));
            }

            @Override
            public Optional<String> sourceFor(String host) {
                return Optional.of("source");
            }

            @Override
            public Optional<String> adviceFor(String host) {
                return Optional.of("advice");
            }

            @Override
            public Optional<Credential> renewed(CredentialRefusal refusal) {
                return Optional.of(new Credential("renewed", "secret"));
            }
        };
        List<Method> questions = Stream.of(CredentialSource.class.getMethods())
                .filter(method -> method.getReturnType() == Optional.class)
                .toList();
        assertThat(questions).hasSizeGreaterThanOrEqualTo(5);
        for (CredentialSource passedOn :
                List.of(new GuardedCredentials(source), CredentialSource.ANONYMOUS.orElse(source))) {
            for (Method question : questions) {
                Object[] values = Stream.of(question.getParameterTypes())
                        .map(type -> type == CredentialRefusal.class ? REFUSAL : "a.example")
                        .toArray();
                assertThat(question.invoke(passedOn, values).toString())
                        .as(question.toString())
                        .isEqualTo(question.invoke(source, values).toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("whatSourcesThrow")
    void whatReadsTheRequestsMayThrowWithoutHarm(Throwable thrown) {
        AtomicInteger lines = new AtomicInteger();
        Consumer<String> throwing = line -> {
            lines.incrementAndGet();
            OutboundPolicyTest.<RuntimeException>sneak(thrown);
        };
        try (ImagePuller puller =
                fixture.builder().httpDump(throwing).httpTrace(throwing).build()) {
            assertThat(puller.pull(IMAGE).fallbacks()).isEmpty();
        }
        assertThat(lines).hasPositiveValue();
    }

    @Test
    void timesThatNoClockCanCountAreTakenAsTheLongestOrNone() {
        try (ImagePuller puller = fixture.builder()
                .progressTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                .build()) {
            puller.pull(IMAGE);
            assertThat(puller.close(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        }
        ImagePuller another = fixture.builder().build();
        assertThat(another.close(Duration.ofSeconds(Long.MIN_VALUE))).isTrue();
        assertThatThrownBy(() -> another.pull(IMAGE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDefectIsAFailureOfItsOwnKindAndShowsTheCallerInItsStack() {
        try (ImagePuller puller = fixture.builder()
                .waits(
                        (pause, scope) -> {
                            throw new IllegalArgumentException("a defect\u001b[31m");
                        },
                        Duration.ofSeconds(5))
                .build()) {
            upstream.when(request -> true, Behaviour.status(503));
            Throwable failure = catchThrowable(() -> puller.pull(IMAGE));
            assertThat(failure)
                    .isInstanceOf(InternalException.class)
                    .hasMessageContaining("a defect")
                    .hasMessageNotContaining("\u001b")
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);
            assertThat(((PullException) failure).kind()).isEqualTo(FailureKind.INTERNAL);
            assertThat(failure.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(OutboundPolicyTest.class.getName()));
        }
    }

    @Test
    void callsAfterClosingFailAtOnceAndTellNothing() {
        List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
        ImagePuller puller = fixture.builder().listener(events::add).build();
        puller.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> puller.pull(IMAGE),
                () -> puller.resolve(IMAGE),
                () -> puller.probe(IMAGE),
                () -> puller.explain(IMAGE),
                () -> puller.pull(PullRequest.builder(IMAGE).offline(true).build()),
                () -> puller.repair(IMAGE, List.of()),
                () -> puller.pullAll(List.of(PullRequest.of(IMAGE))),
                () -> puller.pullAsync(PullRequest.of(IMAGE)),
                () -> puller.resolveAsync(IMAGE))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
        assertThat(events).isEmpty();
        assertThat(puller.close(Duration.ZERO)).isTrue();
    }

    @Test
    void closingFromSeveralThreadsWhileBlobsComeEndsEverythingSoon() throws Exception {
        CountDownLatch transfers = new CountDownLatch(1);
        upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(500_000));
        ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.BlobProgress) {
                        transfers.countDown();
                    }
                })
                .build();
        CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(IMAGE));
        assertThat(transfers.await(30, TimeUnit.SECONDS)).isTrue();

        List<CompletableFuture<Boolean>> closing = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> puller.close(Duration.ofSeconds(20))))
                .limit(4)
                .toList();

        assertThat(closing).allSatisfy(closed -> assertThat(closed.join()).isTrue());
        assertThat(pull)
                .completesExceptionallyWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(PullCancelledException.class)
                .withMessageContaining("closed");
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("jpull-"));
    }

    @Test
    void aFutureThatIsCompletedOtherwiseStopsItsTransfer() throws Exception {
        upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(200_000));
        CompletableFuture<String> reason = new CompletableFuture<>();
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.PullFailed failed) {
                        reason.complete(failed.reason());
                    }
                })
                .build()) {
            CompletableFuture<PulledImage> pull =
                    puller.pullAsync(PullRequest.of(IMAGE)).orTimeout(300, TimeUnit.MILLISECONDS);
            assertThatThrownBy(pull::join).hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);
            assertThat(reason.get(20, TimeUnit.SECONDS)).contains("was cancelled");
        }
    }

    @Test
    void aPullCountsItsOwnRequests() throws Exception {
        try (ImagePuller puller = fixture.builder().build()) {
            List<CompletableFuture<PulledImage>> pulls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                pulls.add(puller.pullAsync(PullRequest.of(IMAGE)));
            }
            int counted = 0;
            for (CompletableFuture<PulledImage> pull : pulls) {
                counted += pull.get(60, TimeUnit.SECONDS).requests();
            }
            assertThat(counted).isEqualTo(upstream.requests().size());
            assertThat(puller.pull(IMAGE).requests()).as("one for the tag").isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("silentHosts")
    void aPullWhoseHostsSendNothingIsGivenUpAfterTheTimeoutOfTheConfiguration(Behaviour silence, String limit) {
        upstream.when(LoggedRequest::isForBlob, silence);
        Path config = temporary.resolve("config.toml");
        TestCertificates.write(config, """
                version = 3
                [plugins."io.containerd.cri.v1.images"]
                  image_pull_progress_timeout = "%s"
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = "%s"
                """.formatted(limit, fixture.directory().getParent()));
        try (ImagePuller puller = ImagePuller.builder()
                .environment(java.util.Map.of())
                .configuration(config)
                .store(fixture.store())
                .waits((pause, scope) -> {}, Duration.ofMinutes(5))
                .build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("sent nothing for 400 ms")
                    .hasMessageContaining("image_pull_progress_timeout");
        }
    }

    static Stream<Object[]> silentHosts() {
        return Stream.of(
                new Object[] {Behaviour.stall(10_000), "400ms"},
                new Object[] {Behaviour.stall(0), "400ms"},
                new Object[] {Behaviour.ORDINARY.delayed(20_000), "0.4s"});
    }

    @Test
    void aPullThatMakesProgressIsNotGivenUp() {
        upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(1_500_000)); // two seconds for the large one
        try (ImagePuller puller =
                fixture.builder().progressTimeout(Duration.ofMillis(700)).build()) {
            assertThat(puller.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
        }
    }

    @Test
    void anInterruptedCallerGetsTheCancellationAndKeepsTheInterrupt() throws Exception {
        upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(200_000));
        CountDownLatch transfers = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.BlobStarted) {
                        transfers.countDown();
                    }
                })
                .build()) {
            @Nullable Throwable[] thrown = new Throwable[1];
            Thread caller = new Thread(() -> {
                thrown[0] = catchThrowable(() -> puller.pull(IMAGE));
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            caller.start();
            assertThat(transfers.await(30, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(thrown[0])
                    .isInstanceOf(PullCancelledException.class)
                    .hasMessageContaining("the pull of " + IMAGE + " was interrupted");
            upstream.behave();
            assertThat(puller.pull(IMAGE).digest()).as("the puller goes on").hasToString(CONTENT.rootDigest());
        }
    }
}
