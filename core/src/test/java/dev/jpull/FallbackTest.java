// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every departure from the host that is configured first is in the result, once for its phase and kind. */
class FallbackTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(73)
            .image(
                    "linux/amd64",
                    new Layer(300_000, Compression.NONE),
                    new Layer(310_000, Compression.NONE),
                    new Layer(320_000, Compression.NONE),
                    new Layer(330_000, Compression.NONE));

    private final List<Attempt> events = new CopyOnWriteArrayList<>();

    FallbackTest() {
        super(CONTENT);
    }

    private PulledImage pull() {
        try (ImagePuller puller = builder().build()) {
            return puller.pull(IMAGE);
        }
    }

    private ImagePullerBuilder builder() {
        return fixture.builder().listener(event -> {
            if (event instanceof PullEvent.Fallback fallback) {
                events.add(fallback.attempt());
            }
        });
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(Behaviour.status(404), AttemptKind.NOT_FOUND),
                Arguments.of(Behaviour.status(403), AttemptKind.DENIED),
                Arguments.of(Behaviour.status(429).header("Retry-After", "30"), AttemptKind.THROTTLED),
                Arguments.of(Behaviour.status(500), AttemptKind.SERVER_ERROR),
                Arguments.of(Behaviour.status(405), AttemptKind.REJECTED),
                Arguments.of(Behaviour.drop(), AttemptKind.TRANSPORT),
                Arguments.of(Behaviour.cut(9_000), AttemptKind.TRANSPORT),
                Arguments.of(Behaviour.corrupt(50), AttemptKind.MALFORMED),
                Arguments.of(Behaviour.surplus(-1), AttemptKind.MALFORMED),
                Arguments.of(Behaviour.surplus(1), AttemptKind.MALFORMED),
                Arguments.of(Behaviour.ORDINARY.delayed(60_000), AttemptKind.LATE));
    }

    @ParameterizedTest(name = "{1} {index}")
    @MethodSource("faults")
    void aMirrorThatDoesNotServeBlobs(Behaviour fault, AttemptKind kind) {
        mirror.when(LoggedRequest::isForBlob, fault);
        PulledImage image = pull();
        assertThat(image.fallbacks())
                .as("departures")
                .anySatisfy(attempt -> {
                    assertThat(attempt.host()).isEqualTo(mirror.origin());
                    assertThat(attempt.phase()).isEqualTo("blob");
                    assertThat(attempt.kind()).isEqualTo(kind);
                })
                .allMatch(attempt -> attempt.host().equals(mirror.origin()))
                .extracting(attempt -> attempt.host() + attempt.phase() + attempt.kind())
                .doesNotHaveDuplicates();
        assertThat(events).containsExactlyElementsOf(image.fallbacks());
    }

    @Test
    void aRetryAtTheSameHostIsNoDeparture() {
        String largest = CONTENT.largestBlob();
        mirror.when(request -> request.path().endsWith(largest), Behaviour.cut(100_000), 2);
        assertThat(pull().fallbacks()).isEmpty();
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void whatAnEarlierPullOfTheEngineFoundOutIsADepartureOfTheNext() {
        mirror.close();
        try (ImagePuller puller = builder().build()) {
            puller.pull(IMAGE);
            PulledImage again = puller.pull(PullRequest.of(IMAGE));
            assertThat(again.fallbacks())
                    .singleElement()
                    .satisfies(attempt -> assertThat(attempt.kind()).isEqualTo(AttemptKind.UNREACHABLE));
        }
    }
}
