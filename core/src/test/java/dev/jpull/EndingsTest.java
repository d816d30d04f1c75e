// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows of the table "Deadlines, cancellation, interruption, close" in docs/embedding.md that end a pull. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EndingsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(17).image("linux/amd64", new Layer(400_000, Compression.NONE));
    private static final String BLOB = "application/octet-stream";
    /** Longer than it takes until a pull tells that it waits. */
    private static final Duration LIMIT = Duration.ofSeconds(3);

    @TempDir
    Path temporary;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch disconnected = new CountDownLatch(1);
    private final CountDownLatch waiting = new CountDownLatch(1);

    private Fixture fixture;
    private volatile boolean slowTag;
    private ScriptedHost host;
    private ImagePuller puller;

    /** What ends a pull. */
    enum Ending {
        CANCEL(CancellationException.class),
        INTERRUPT(PullCancelledException.class),
        CLOSE(PullCancelledException.class),
        TIMEOUT(RegistryUnavailableException.class),
        OR_TIMEOUT(TimeoutException.class);

        private final Class<? extends Throwable> seen;

        Ending(Class<? extends Throwable> seen) {
            this.seen = seen;
        }
    }

    @BeforeEach
    void start() throws IOException {
        host = new ScriptedHost(CONTENT, configs(), ScriptedHost.Phase.TAG_OR_LAYER, this::answer);
        fixture = new Fixture(temporary).hosts("server = \"" + host.origin() + "\"");
        puller = fixture.builder().build();
    }

    /** The configuration is the blob that is not a layer. */
    private static Set<String> configs() {
        return Set.copyOf(CONTENT.blobs().keySet().stream()
                .filter(blob -> !blob.equals(CONTENT.largestBlob()))
                .toList());
    }

    @AfterEach
    void stop() throws IOException {
        released.countDown();
        puller.close();
        host.close();
    }

    /** Sends half of the content, and then a byte from time to time until the connection ends. */
    private void answer(OutputStream out, byte @Nullable [] content, String type) throws IOException {
        Objects.requireNonNull(content);
        ScriptedHost.head(out, "200 OK", content.length, "Content-Type: " + type);
        boolean slow = released.getCount() > 0 && (slowTag || type.equals(BLOB));
        int sent = slow ? content.length / 2 : content.length;
        out.write(content, 0, sent);
        out.flush();
        if (slow) {
            reached.countDown();
        }
        try {
            while (sent < content.length) {
                boolean over = released.await(20, TimeUnit.MILLISECONDS);
                int piece = over ? content.length - sent : sent < content.length - 1 ? 1 : 0;
                out.write(content, sent, piece);
                out.flush();
                sent += piece;
            }
        } catch (IOException e) {
            disconnected.countDown();
            throw e;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void whileTheTagIsResolved(Ending ending) throws Exception {
        slowTag = true;
        end(ending, PullRequest.of(IMAGE), reached);
        assertThat(disconnected.await(20, TimeUnit.SECONDS))
                .as("the request ends")
                .isTrue();
        assertNotNamed();
        assertNextPullWorks();
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void whileABlobIsTransferred(Ending ending) throws Exception {
        CountDownLatch progressed = new CountDownLatch(1);
        PullRequest request = PullRequest.builder(IMAGE)
                .listener(event -> {
                    if (event instanceof PullEvent.BlobProgress progress && progress.bytes() > 100_000) {
                        progressed.countDown();
                    }
                })
                .build();
        end(ending, request, progressed);
        assertThat(disconnected.await(20, TimeUnit.SECONDS))
                .as("the request ends")
                .isTrue();
        assertNotNamed();
        assertThat(partialBytes()).as("what was fetched is kept").isGreaterThan(100_000);
        assertNextPullWorks();
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void whileThePullWaitsForAnotherOne(Ending ending) throws Exception {
        CompletableFuture<PulledImage> first = puller.pullAsync(PullRequest.of(IMAGE));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
        PullRequest second = PullRequest.builder(Fixture.NAMESPACE + "/team/app:2")
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning
                            && warning.text().startsWith("waiting")) {
                        waiting.countDown();
                    }
                })
                .build();
        end(ending, second, waiting);
        if (ending != Ending.CLOSE) {
            assertThat(first).as("the other pull goes on").isNotDone();
            released.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS).digest()).hasToString(CONTENT.rootDigest());
        }
    }

    /** Ends a pull that has come to a state, and checks what its caller gets. */
    private void end(Ending ending, PullRequest request, CountDownLatch state) throws Exception {
        if (ending == Ending.INTERRUPT) {
            interrupt(request, state);
            return;
        }
        CompletableFuture<PulledImage> pull =
                puller.pullAsync(ending == Ending.TIMEOUT ? request.withTimeout(LIMIT) : request);
        assertThat(state.await(20, TimeUnit.SECONDS)).as("the state").isTrue();
        long start = System.nanoTime();
        switch (ending) {
            case CANCEL -> pull.cancel(true);
            case CLOSE -> assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
            case OR_TIMEOUT -> pull = pull.orTimeout(1, TimeUnit.MILLISECONDS);
            default -> assertThat(request.deadline()).isNull();
        }
        assertThat(failureOf(pull)).isInstanceOf(ending.seen);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    private static @Nullable Throwable failureOf(CompletableFuture<?> pull) {
        Throwable failure = pull.handle((image, thrown) -> thrown).join();
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void interrupt(PullRequest request, CountDownLatch state) throws Exception {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                puller.pull(request);
                seen.complete(new IllegalStateException("it was not interrupted"));
            } catch (PullCancelledException e) {
                seen.complete(Thread.currentThread().isInterrupted() ? e : new IllegalStateException("not kept", e));
            } catch (Throwable e) {
                seen.complete(e);
            }
        });
        caller.start();
        assertThat(state.await(20, TimeUnit.SECONDS)).as("the state").isTrue();
        caller.interrupt();
        assertThat(seen.get(20, TimeUnit.SECONDS)).isInstanceOf(Ending.INTERRUPT.seen);
    }

    private void assertNotNamed() {
        assertThat(LocalStore.open(fixture.store()).images()).isEmpty();
    }

    private long partialBytes() throws IOException {
        try (Stream<Path> files = Files.walk(fixture.store().resolve("ingest"))) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    private void assertNextPullWorks() {
        released.countDown();
        assertThat(fixture.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
        assertThat(LocalStore.open(fixture.store()).verify(false)).isEmpty();
    }

    @Test
    void aTimeoutOfADependentFutureEndsTheWaitAlone() throws Exception {
        CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(IMAGE));
        assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(failureOf(pull.copy().orTimeout(1, TimeUnit.MILLISECONDS))).isInstanceOf(TimeoutException.class);
        assertThat(pull).isNotDone();
        assertThat(disconnected.getCount()).as("the transfer goes on").isOne();
        released.countDown();
        assertThat(pull.get(20, TimeUnit.SECONDS).digest()).hasToString(CONTENT.rootDigest());
    }
}
