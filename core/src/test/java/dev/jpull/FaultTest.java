// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.error.RegistryAccessDeniedException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.image.Digest;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault, at every phase of an answer, once and always, alone and in pairs, of the only host and of a mirror: whether the
 * image comes, what the failure is called if not, how often hosts are asked, and that nothing wrong is ever stored.
 */
class FaultTest {
    /** A layer goes on where it broke, a manifest starts anew. */
    private static final int MANIFEST = 100_000;

    private static final int SIZE = 600_000;
    private static final TestImage CONTENT = new ImageFactory(46)
            .image("linux/amd64", new Layer(SIZE, Compression.NONE), new Layer(5_000, Compression.NONE));
    private static final long TOTAL =
            CONTENT.blobs().values().stream().mapToLong(blob -> blob.length).sum();
    private static final String LAYER = CONTENT.largestBlob();
    private static final Duration STALL = Duration.ofMillis(250);

    @TempDir
    Path temporary;

    /**
     * Something that goes wrong.
     *
     * @param behaviour what the host does
     * @param ends what the pull fails with when the only host always does it; null when it does not fail
     * @param fatal whether the only host needs to do it but once for that
     */
    private record Fault(
            String name, Behaviour behaviour, @Nullable Class<?> ends, boolean fatal) {
        static Fault passing(String name, Behaviour behaviour, Class<?> ends) {
            return new Fault(name, behaviour, ends, false);
        }

        /** Whether it looks as if it was right. */
        boolean lies() {
            return IntegrityException.class.equals(ends);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Fault> faults(long size) {
        Class<?> unavailable = RegistryUnavailableException.class;
        Class<?> integrity = IntegrityException.class;
        List<Fault> faults = new ArrayList<>(List.of(
                Fault.passing("no answer", Behaviour.drop(), unavailable),
                Fault.passing("cut before the first byte", Behaviour.cut(0), unavailable),
                new Fault(
                        "cut before the last byte",
                        Behaviour.cut(size - 1),
                        size > MANIFEST ? null : unavailable,
                        false),
                Fault.passing("silent before the first byte", Behaviour.stall(0), unavailable),
                Fault.passing("first byte wrong", Behaviour.corrupt(0), integrity),
                Fault.passing("last byte wrong", Behaviour.corrupt(size - 1), integrity),
                Fault.passing("one byte short", Behaviour.surplus(-1), integrity),
                Fault.passing("one byte long", Behaviour.surplus(1), integrity),
                Fault.passing("one byte short in chunks", Behaviour.surplus(-1).inChunks(), integrity),
                Fault.passing("one byte long in chunks", Behaviour.surplus(1).inChunks(), integrity),
                new Fault(
                        "in chunks without an end",
                        Behaviour.cut(size - 1).inChunks(),
                        size > MANIFEST ? null : unavailable,
                        false),
                new Fault("in chunks", Behaviour.ORDINARY.inChunks(), null, false),
                Fault.passing(
                        "another page",
                        Behaviour.body("text/html", "<p>log in".getBytes(StandardCharsets.UTF_8)),
                        integrity),
                Fault.passing("408", Behaviour.status(408), unavailable),
                Fault.passing("429", Behaviour.status(429), unavailable),
                Fault.passing("429, a second", Behaviour.status(429).header("Retry-After", "1"), unavailable),
                Fault.passing("500", Behaviour.status(500), unavailable),
                Fault.passing("502", Behaviour.status(502), unavailable),
                Fault.passing("503, a second", Behaviour.status(503).header("Retry-After", "1"), unavailable),
                new Fault("400", Behaviour.status(400), unavailable, true),
                new Fault("403", Behaviour.status(403), RegistryAccessDeniedException.class, true),
                new Fault("404", Behaviour.status(404), ImageNotFoundException.class, true),
                new Fault("416", Behaviour.status(416), unavailable, true),
                new Fault("a redirect to nowhere", Behaviour.redirect("http://[::1"), integrity, true),
                new Fault("a redirect to a file", Behaviour.redirect("file:///etc/passwd"), integrity, true)));
        if (size > MANIFEST) {
            faults.add(new Fault("cut in the middle", Behaviour.cut(size / 2), null, false));
            faults.add(new Fault("silent in the middle", Behaviour.stall(size / 2), null, false));
            faults.add(Fault.passing("wrong in the middle", Behaviour.corrupt(size / 2), integrity));
            faults.add(new Fault("cut often", Behaviour.cut(100_000), null, false));
        }
        return faults;
    }

    /** What is asked for when it goes wrong. */
    private record What(String name, Predicate<LoggedRequest> requests, long size) {
        static final What LAYER_BLOB =
                new What("the layer", request -> request.path().endsWith(LAYER), CONTENT.blob(LAYER).length);
        static final List<What> ALL = List.of(
                new What(
                        "the tag",
                        LoggedRequest::isForTag,
                        CONTENT.document(CONTENT.rootDigest()).content().length),
                LAYER_BLOB);
    }

    record Scenario(
            String name,
            List<Fault> first,
            @Nullable Fault always,
            boolean mirrored,
            Predicate<LoggedRequest> requests,
            List<@Nullable Class<?>> outcomes) {
        boolean lies() {
            return first.stream().anyMatch(Fault::lies) || always != null && always.lies();
        }

        /** Whether a host that is asked again says when. */
        boolean asksForPatience() {
            return first.stream().anyMatch(fault -> fault.name().endsWith("a second"))
                    || always != null && always.name().endsWith("a second");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Scenario scenario(
            String name,
            What what,
            List<Fault> first,
            @Nullable Fault always,
            boolean mirrored,
            List<@Nullable Class<?>> outcomes) {
        return new Scenario(
                (mirrored ? "a mirror, " : "the only host, ") + name + ", for " + what.name(),
                first,
                always,
                mirrored,
                what.requests,
                outcomes);
    }

    private static List<@Nullable Class<?>> only(@Nullable Class<?> outcome) {
        List<@Nullable Class<?>> outcomes = new ArrayList<>();
        outcomes.add(outcome);
        return outcomes;
    }

    static Stream<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (What what : What.ALL) {
            for (Fault fault : faults(what.size)) {
                scenarios.add(scenario(
                        fault + " once", what, List.of(fault), null, false, only(fault.fatal() ? fault.ends() : null)));
                scenarios.add(scenario(fault + " always", what, List.of(), fault, false, only(fault.ends())));
                scenarios.add(scenario(fault + " once", what, List.of(fault), null, true, only(null)));
                scenarios.add(scenario(fault + " always", what, List.of(), fault, true, only(null)));
            }
        }
        // One after the other, for one layer; what is wrong twice may be given up.
        List<Fault> passing = faults(CONTENT.blob(LAYER).length).stream()
                .filter(fault -> !fault.fatal() && fault.ends() != null)
                .toList();
        for (Fault one : passing) {
            for (Fault other : passing) {
                List<@Nullable Class<?>> outcomes = only(null);
                if (one.lies() && other.lies()) {
                    outcomes.add(IntegrityException.class);
                }
                scenarios.add(scenario(
                        one + " and then " + other, What.LAYER_BLOB, List.of(one, other), null, false, outcomes));
            }
        }
        return scenarios.stream();
    }

    /** How many bytes of the layer a host was asked for. */
    private static long bytesAsked(TestRegistry host) {
        return host.requests().stream()
                .filter(What.LAYER_BLOB.requests)
                .mapToLong(request -> {
                    String range = request.header("range");
                    if (range == null) {
                        return SIZE;
                    }
                    String[] bounds = range.substring("bytes=".length()).split("-", 2);
                    long end = bounds[1].isEmpty() ? SIZE : Long.parseLong(bounds[1]) + 1;
                    return end - Long.parseLong(bounds[0]);
                })
                .sum();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void theImageComesIfItCanAndNothingWrongIsStored(Scenario scenario) throws IOException {
        try (TestRegistry host = TestRegistry.start().serve("team/app", "1", CONTENT);
                TestRegistry upstream = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            Fixture fixture = new Fixture(temporary);
            fixture.hosts(
                    "server = \"" + (scenario.mirrored() ? upstream : host).origin() + "\"",
                    scenario.mirrored() ? Fixture.host(host, "pull", "resolve") : "");
            scenario.first().forEach(fault -> host.when(scenario.requests(), fault.behaviour(), 1));
            if (scenario.always() != null) {
                host.when(scenario.requests(), scenario.always().behaviour());
            }
            PullException failure = null;
            long fetched = 0;
            AtomicLong waited = new AtomicLong();
            try (ImagePuller puller = fixture.builder()
                    .waits((pause, scope) -> waited.addAndGet(pause.toMillis()), STALL)
                    .build()) {
                PulledImage image = puller.pull(Fixture.NAMESPACE + "/team/app:1");
                assertThat(image.chainId()).hasToString(CONTENT.chainId("linux/amd64"));
                fetched = image.bytesFetched();
            } catch (PullException e) {
                failure = e;
            }
            assertThat(scenario.outcomes()).contains(failure == null ? null : failure.getClass());
            assertThat(fetched).as("bytes that came").isLessThan(3L * SIZE);
            if (failure == null && !scenario.lies()) {
                assertThat(fetched).as("no byte comes twice").isEqualTo(TOTAL);
            }
            long blobRequests =
                    host.requests().stream().filter(scenario.requests()).count();
            assertThat(bytesAsked(host) + bytesAsked(upstream))
                    .as("bytes of the layer that were asked for, of which faults kept some back")
                    .isLessThanOrEqualTo(fetched + (blobRequests + 1) * SIZE);
            assertThat(waited).as("milliseconds of pauses").hasValueLessThan(30_000);
            if (scenario.asksForPatience() && !scenario.mirrored()) {
                // The second began with the answer: what passed of it since is not waited for.
                assertThat(waited).hasValueGreaterThan(700);
            }
            if (!scenario.mirrored()) {
                assertThat(upstream.requests()).as("who was not configured").isEmpty();
            } else if (scenario.requests().equals(What.LAYER_BLOB.requests)) {
                assertThat(upstream.requests())
                        .as("who need not say what the tag is")
                        .noneMatch(LoggedRequest::isForTag);
            }
            assertThat(host.requests().stream().filter(scenario.requests())).hasSizeBetween(1, 15);
            assertThat(Files.exists(fixture.store().resolve("index.json"))).isEqualTo(failure == null);
            try (Stream<Path> blobs = Files.list(fixture.store().resolve("blobs/sha256"))) {
                assertThat(blobs)
                        .allSatisfy(blob -> assertThat(
                                        Digest.sha256(Files.readAllBytes(blob)).hex())
                                .isEqualTo(blob.getFileName().toString()));
            }
        }
    }
}
