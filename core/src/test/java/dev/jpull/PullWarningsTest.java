// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.event.PullEvent;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A program that has no listener gets the warnings of a pull with its result. */
class PullWarningsTest extends MirroredImage {
    private static final String OTHER_PLATFORM = IMAGE + " is for linux/amd64 only, not for linux/arm64";

    private final List<String> told = new CopyOnWriteArrayList<>();

    PullWarningsTest() {
        super(new ImageFactory(29).image("linux/amd64", new Layer(900, Compression.GZIP)));
    }

    private PulledImage pull(UnaryOperator<ImagePullerBuilder> engine, UnaryOperator<PullRequest.Builder> request) {
        told.clear();
        try (ImagePuller puller =
                engine.apply(fixture.builder()).listener(this::heard).build()) {
            return puller.pull(request.apply(PullRequest.builder(IMAGE)).build());
        }
    }

    private void heard(PullEvent event) {
        if (event instanceof PullEvent.Warning warning) {
            told.add(warning.text());
        }
    }

    @Test
    void aPullWithoutWarningsHasNone() {
        assertThat(pull(engine -> engine, request -> request.platform("linux/amd64"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void anImageOfAnotherPlatformIsAWarningOfEachPull() {
        assertThat(pull(engine -> engine, request -> request.platform("linux/arm64"))
                        .warnings())
                .containsExactly(OTHER_PLATFORM);
        assertThat(told).containsExactly(OTHER_PLATFORM);
        assertThat(pull(
                                engine -> engine,
                                request -> request.platform("linux/arm64").offline(true))
                        .warnings())
                .containsExactly(OTHER_PLATFORM);
        assertThat(told).containsExactly(OTHER_PLATFORM);
    }

    @Test
    void anImageOfAnotherPlatformIsAWarningOfPullsWithALockFile() {
        Path lock = temporary.resolve("jpull.lock");
        for (boolean locked : List.of(false, false, true)) {
            PulledImage image =
                    pull(engine -> engine.lockFile(lock).locked(locked), request -> request.platform("linux/arm64"));
            assertThat(image.warnings()).containsExactlyElementsOf(told).contains(OTHER_PLATFORM);
            assertThat(image.lockChange()).isNotNull();
        }
    }

    @Test
    void theyAreInTheOrderOfTheEventsAndInTheSerializedForm() throws IOException, ClassNotFoundException {
        fixture.hosts("server = \"" + upstream.origin() + "\"", "capabilites = [\"pull\"]");
        PulledImage image = pull(engine -> engine, request -> request.platform("linux/arm64"));
        assertThat(image.warnings())
                .containsExactlyElementsOf(told)
                .hasSize(2)
                .endsWith(OTHER_PLATFORM)
                .first()
                .asString()
                .contains("capabilites");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(image);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((PulledImage) in.readObject()).warnings()).isEqualTo(image.warnings());
        }
    }
}
