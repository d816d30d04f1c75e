// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jpull reads below the jpull key of a host: proxy, timeouts and other names of repositories. */
class ExtensionsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(7).image("linux/amd64", new Layer(400_000, Compression.GZIP));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;
    private TestRegistry mirror;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        mirror = TestRegistry.start().serve("team/app", "1", CONTENT);
    }

    @AfterEach
    void stop() {
        upstream.close();
        mirror.close();
    }

    private static String own(String origin, String... settings) {
        return "[host.\"" + origin + "\".jpull]\n" + String.join("\n", settings) + "\n";
    }

    @Test
    void aMirrorMayHaveOtherNamesAndTheUpstreamKeepsItsOwn() {
        mirror.close();
        mirror = TestRegistry.start().serve("mirrored-team/app", "1", CONTENT);
        mirror.when(LoggedRequest::isForBlob, Behaviour.status(404));
        fixture.hosts(
                "server = \"" + upstream.origin() + "\"",
                Fixture.host(mirror, "pull", "resolve"),
                own(mirror.origin(), "rewrite = { \"^(.*)$\" = \"mirrored-$1\" }"));
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.resolvedBy()).isEqualTo(mirror.origin());
        assertThat(mirror.requests())
                .allSatisfy(request -> assertThat(request.path()).startsWith("/v2/mirrored-team/app/"));
        assertThat(upstream.requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.path()).startsWith("/v2/team/app/"));
    }

    @Test
    void aHostIsReachedThroughItsProxyAndTheOthersAreNot() {
        fixture.hosts(
                "server = \"" + upstream.origin() + "\"",
                "[host.\"http://mirror.invalid\"]",
                own("http://mirror.invalid", "proxy = \"http://user:secret@" + mirror.host() + "\""));
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.resolvedBy()).isEqualTo("http://mirror.invalid");
        assertThat(mirror.requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.target()).startsWith("http://mirror.invalid/v2/"));
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void aHostThatDoesNotBeginToAnswerIsLeftAfterItsOwnTime() {
        mirror.when(LoggedRequest::isForTag, Behaviour.ORDINARY.delayed(25_000));
        fixture.hosts(
                "server = \"" + upstream.origin() + "\"",
                Fixture.host(mirror, "pull", "resolve"),
                own(mirror.origin(), "response_timeout = \"300ms\"", "stall_timeout = \"20s\""));
        assertThat(fixture.pull(IMAGE).fallbacks())
                .first()
                .satisfies(attempt -> assertThat(attempt.elapsed()).isLessThan(Duration.ofSeconds(15)));
    }

    @Test
    void aHostThatFallsSilentIsAskedAgainAfterItsOwnTime() {
        mirror.when(request -> request.path().endsWith(CONTENT.largestBlob()), Behaviour.stall(100_000));
        fixture.hosts(
                "server = \"" + upstream.origin() + "\"",
                Fixture.host(mirror, "pull", "resolve"),
                own(mirror.origin(), "response_timeout = \"20s\"", "stall_timeout = \"300ms\""));
        long start = System.nanoTime();
        PulledImage image = fixture.pull(IMAGE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(image.layers())
                .singleElement()
                .satisfies(layer -> assertThat(layer.retries()).isPositive());
        assertThat(mirror.requests())
                .anySatisfy(request -> assertThat(request.header("range")).isEqualTo("bytes=100000-"));
    }
}
