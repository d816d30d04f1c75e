// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.FailureKind;
import dev.jpull.error.PullException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Interrupts, cancels and closes at random instants of real calls: each call ends with a result or as cancelled, every future
 * completes, and nothing is left after closing. With the profile {@code soak} 2,000 of them.
 */
class InterruptionsTest {
    private static final int ROUNDS = Boolean.getBoolean("jpull.soak") ? 2_000 : 150;
    private static final int BATCH = 50;
    private static final long LATEST_NANOS = Duration.ofMillis(70).toNanos();
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT = new ImageFactory(5)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(900_000, Compression.NONE),
                    new Layer(300_000, Compression.GZIP),
                    new Layer(20_000, Compression.NONE),
                    new Layer(5_000, Compression.NONE));

    @TempDir
    Path temporary;

    private TestRegistry upstream;
    private TestRegistry mirror;

    /** How a call is broken off. */
    private enum Attack {
        INTERRUPT,
        CLOSE,
        INTERRUPT_AND_CLOSE
    }

    /** What a caller saw. */
    private record Seen(String call, @Nullable Throwable thrown, boolean interrupted) {}

    @BeforeEach
    void start() {
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        mirror = TestRegistry.start().serve("team/app", "1", CONTENT);
        mirror.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(20_000_000));
        mirror.when(request -> request.path().endsWith(CONTENT.largestBlob()), Behaviour.cut(200_000), ROUNDS / 4);
    }

    @AfterEach
    void stop() {
        upstream.close();
        mirror.close();
    }

    @Test
    void whateverIsBrokenOffEndsAsCancelledAndLeavesNothing() throws Exception {
        Random random = new Random(20_261_124);
        for (int batch = 0; batch < ROUNDS / BATCH; batch++) {
            Fixture fixture = new Fixture(Files.createDirectory(temporary.resolve("batch" + batch)));
            Files.createDirectories(fixture.directory());
            fixture.hosts("server = \"" + upstream.origin() + "\"", Fixture.host(mirror, "pull", "resolve"));
            for (int round = 0; round < BATCH; round++) {
                breakOff(fixture, random, "batch " + batch + " round " + round);
            }
            assertNothingIsLeft(fixture);
        }
    }

    private void breakOff(Fixture fixture, Random random, String name) throws Exception {
        Attack attack = Attack.values()[random.nextInt(Attack.values().length)];
        int calls = 1 + random.nextInt(3);
        boolean cancelsFuture = random.nextBoolean();
        long after = (long) (random.nextDouble() * LATEST_NANOS);
        ImagePuller puller = fixture.builder().listener(event -> {}).build();
        List<FutureTask<Seen>> tasks = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            int kind = random.nextInt(5);
            FutureTask<Seen> task = new FutureTask<>(() -> call(puller, kind));
            tasks.add(task);
            Thread caller = new Thread(task, "caller");
            callers.add(caller);
            caller.start();
        }
        CompletableFuture<PulledImage> future =
                puller.pullAsync(PullRequest.builder(IMAGE).verifyLayers(true).build());
        LockSupport.parkNanos(after);
        if (cancelsFuture) {
            future.cancel(true);
        }
        if (attack != Attack.CLOSE) {
            callers.forEach(Thread::interrupt);
        }
        if (attack != Attack.INTERRUPT) {
            assertThat(puller.close(Duration.ofSeconds(20)))
                    .as(name + " closed")
                    .isTrue();
        }
        for (FutureTask<Seen> task : tasks) {
            Seen seen = task.get(20, TimeUnit.SECONDS);
            String what = name + " " + attack + " of " + seen.call();
            if (attack != Attack.INTERRUPT && seen.thrown() instanceof IllegalStateException late) {
                assertThat(late).as(what).hasMessageContaining("the puller is closed"); // it began after the closing
            } else {
                assertCancelled(what, seen.thrown());
            }
            if (attack == Attack.INTERRUPT && seen.thrown() != null) {
                assertThat(seen.interrupted())
                        .as(name + ": the interrupt is kept")
                        .isTrue();
            }
        }
        if (attack == Attack.INTERRUPT) {
            puller.close();
        }
        assertThat(puller.close(Duration.ofSeconds(20)))
                .as(name + " closed again")
                .isTrue();
        assertThat(future).as(name + " future").isDone();
        if (!future.isCancelled()) {
            assertCancelled(name + " future", thrownBy(future));
        }
    }

    /** Runs one call; the interrupt of its thread is part of what it saw. */
    private static Seen call(ImagePuller puller, int kind) {
        String call = List.of("pull", "pull", "resolve", "probe", "explain").get(kind);
        @Nullable Throwable thrown = null;
        try {
            switch (call) {
                case "resolve" -> puller.resolve(IMAGE);
                case "probe" -> puller.probe(IMAGE);
                case "explain" -> puller.explain(IMAGE);
                default -> puller.pull(IMAGE);
            }
        } catch (Throwable e) {
            thrown = e;
        }
        return new Seen(call, thrown, Thread.interrupted());
    }

    private static @Nullable Throwable thrownBy(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
            return null;
        } catch (ExecutionException | CompletionException e) {
            return e.getCause();
        }
    }

    private static void assertCancelled(String what, @Nullable Throwable thrown) {
        if (thrown != null) {
            assertThat(thrown).as(what).isInstanceOf(PullException.class);
            assertThat(((PullException) thrown).kind()).as(what + ": " + thrown).isEqualTo(FailureKind.CANCELLED);
        }
    }

    private void assertNothingIsLeft(Fixture fixture) throws IOException {
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("jpull-"));
        assertThat(openFilesBelow(fixture.store())).isEmpty();
        // A lock that was left behind would let this pull wait, and damage would be found.
        assertThat(fixture.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
        assertThat(LocalStore.open(fixture.store()).verify(false)).isEmpty();
    }

    private static List<String> openFilesBelow(Path directory) throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        List<String> open = new ArrayList<>();
        if (Files.isDirectory(descriptors)) {
            try (Stream<Path> links = Files.list(descriptors)) {
                for (Path link : links.toList()) {
                    String target = targetOf(link);
                    if (target.startsWith(directory.toString())) {
                        open.add(target);
                    }
                }
            }
        }
        return open;
    }

    private static String targetOf(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            return ""; // it was closed meanwhile, as the one of the listing itself
        }
    }
}
