// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.RegistryAccessDeniedException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pull does, against registries that do their job and registries that do not. */
class PullTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(1)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(700_000, Compression.GZIP),
                    new Layer(90_000, Compression.ZSTD),
                    new Layer(10_000, Compression.NONE));

    PullTest() {
        super(CONTENT);
    }

    private String hostPlatform() {
        return Platform.host().toString();
    }

    @Test
    void whatIsLoadedAheadIsThere() {
        assertThatCode(() -> ImagePuller.warmUp(true)).doesNotThrowAnyException();
        assertThatCode(() -> ImagePuller.warmUp(false)).doesNotThrowAnyException();
        for (TlsImplementation tls : TlsImplementation.values()) {
            assertThatCode(() -> ImagePuller.warmUp(tls, true)).doesNotThrowAnyException();
            assertThatCode(() -> ImagePuller.warmUp(tls, false)).doesNotThrowAnyException();
        }
    }

    @Test
    void aPulledImageIsAnOciLayoutWithVerifiedBlobsAndTheChainId() throws IOException {
        PulledImage image = fixture.pull(IMAGE);

        assertThat(image.name()).isEqualTo(IMAGE);
        assertThat(image.digest().toString()).isEqualTo(CONTENT.rootDigest());
        assertThat(image.chainId()).hasToString(CONTENT.chainId(hostPlatform()));
        assertThat(image.layers()).hasSize(3).allSatisfy(layer -> {
            assertThat(layer.host()).isEqualTo(mirror.origin());
            assertThat(layer.present()).isFalse();
            assertThat(Digest.sha256(Files.readAllBytes(layer.path()))).isEqualTo(layer.digest());
        });
        assertThat(image.layers().stream()
                        .map(layer -> String.valueOf(layer.diffId()))
                        .toList())
                .isEqualTo(CONTENT.diffIds(hostPlatform()));
        assertThat(fixture.store().resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(Files.readString(fixture.store().resolve("index.json"))).contains(IMAGE, CONTENT.rootDigest());
        try (Stream<Path> left = Files.walk(fixture.store().resolve("ingest"))) {
            assertThat(left.filter(Files::isRegularFile)
                            .filter(file -> !file.toString().endsWith(".lock")))
                    .isEmpty();
        }
    }

    @Test
    void pullOnlyMirrorIsNeverAskedForATag() {
        fixture.hosts("server = \"" + upstream.origin() + "\"", Fixture.host(mirror, "pull"));
        fixture.pull(IMAGE);
        assertThat(mirror.requests()).isNotEmpty().noneMatch(LoggedRequest::isForTag);
        assertThat(upstream.requests()).hasSize(1).allMatch(LoggedRequest::isForTag);
    }

    @Test
    void resolveOnlyMirrorIsNeverAskedForAnything() {
        // A tag needs a host that may resolve and pull, content one that may pull (docs/containerd.md section 6).
        fixture.hosts("server = \"" + upstream.origin() + "\"", Fixture.host(mirror, "resolve"));
        fixture.pull(IMAGE);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void aMirrorIsToldWhomItStandsInFor() {
        fixture.pull(IMAGE);
        assertThat(mirror.requests()).allMatch(request -> request.target().endsWith("?ns=registry.example"));
    }

    static Stream<Arguments> faults() {
        byte[] html = "<html>".getBytes(StandardCharsets.UTF_8);
        byte[] confused = "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}".getBytes(StandardCharsets.UTF_8);
        String index = "application/vnd.oci.image.index.v1+json";
        return Stream.of(
                Arguments.of("404", Behaviour.status(404)),
                Arguments.of("401", Behaviour.status(401)),
                Arguments.of("403", Behaviour.status(403)),
                Arguments.of("500", Behaviour.status(500)),
                Arguments.of("502", Behaviour.status(502)),
                Arguments.of("503", Behaviour.status(503)),
                Arguments.of("429 for an hour", Behaviour.status(429).header("Retry-After", "3600")),
                Arguments.of("304", Behaviour.status(304)),
                Arguments.of("connection closed", Behaviour.drop()),
                Arguments.of("HTML", Behaviour.body("text/html", html)),
                Arguments.of("schema 1", Behaviour.body("text/plain", html)),
                Arguments.of("type confusion", Behaviour.body(index, confused)),
                Arguments.of("truncated JSON", Behaviour.body(index, new byte[] {'{'})),
                Arguments.of(
                        "lying digest header",
                        Behaviour.ORDINARY.header("Docker-Content-Digest", "sha256:" + "0".repeat(64))),
                Arguments.of("nonsense digest header", Behaviour.ORDINARY.header("Docker-Content-Digest", "sha256:zz")),
                Arguments.of("redirect loop", Behaviour.redirect("/v2/team/app/manifests/1")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aMirrorThatDoesNotResolveIsPassedOver(String name, Behaviour fault) {
        mirror.when(LoggedRequest::isForTag, fault);
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.resolvedBy()).isEqualTo(upstream.origin());
        assertThat(image.fallbacks())
                .isNotEmpty()
                .allMatch(attempt -> attempt.host().equals(mirror.origin()));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 500, 503})
    void aMirrorWithoutALayerIsPassedOver(int status) {
        mirror.when(LoggedRequest::isForBlob, Behaviour.status(status));
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.layers()).allMatch(layer -> upstream.origin().equals(layer.host()));
    }

    @Test
    void aDeadMirrorIsAskedOnce() {
        mirror.close();
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.fallbacks()).hasSize(1);
        assertThat(image.fallbacks().get(0).reason()).isEqualTo("connection refused");
    }

    @Test
    void theErrorListsEveryAttempt() {
        mirror.when(request -> true, Behaviour.status(503));
        upstream.when(request -> true, Behaviour.status(403));
        assertThatThrownBy(() -> fixture.pull(IMAGE)).isInstanceOfSatisfying(RegistryUnavailableException.class, e -> {
            assertThat(e.attempts()).extracting(attempt -> attempt.host()).contains(mirror.origin(), upstream.origin());
            assertThat(e.attempts()).extracting(attempt -> attempt.status()).contains(503, 403);
        });
    }

    @Test
    void aTagThatNobodyHasIsNotFound() {
        assertThatThrownBy(() -> fixture.pull(Fixture.NAMESPACE + "/team/app:none"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("registry.example/team/app:none");
    }

    @Test
    void aManifestOfAnotherDigestIsRefused() {
        upstreamAlone();
        byte[] other = "{}".getBytes(StandardCharsets.UTF_8);
        upstream.serveManifest("team/app", CONTENT.rootDigest(), "application/vnd.oci.image.index.v1+json", other);
        assertThatThrownBy(() -> fixture.pull(Fixture.NAMESPACE + "/team/app@" + CONTENT.rootDigest()))
                .isInstanceOf(IntegrityException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a\",\"digest\":\"sha256:x\",\"size\":1},\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a\",\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":-1},\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a\",\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":1e3},\"layers\":[]}",
                "{\"schemaVersion\":2,\"layers\":[]}",
                "{\"a\":1,\"a\":2}",
                "[]",
                ""
            })
    void aManifestThatMakesNoSenseIsRefused(String manifest) {
        upstreamAlone();
        upstream.serveManifest(
                "team/app",
                "bad",
                "application/vnd.oci.image.manifest.v1+json",
                manifest.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> fixture.pull(Fixture.NAMESPACE + "/team/app:bad"))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void aHugeManifestIsNotRead() {
        upstreamAlone();
        byte[] huge = new byte[20_000_000];
        upstream.serveManifest("team/app", "huge", "application/vnd.oci.image.manifest.v1+json", huge);
        assertThatThrownBy(() -> fixture.pull(Fixture.NAMESPACE + "/team/app:huge"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("at most");
        upstream.when(LoggedRequest::isForTag, Behaviour.ORDINARY.inChunks());
        assertThatThrownBy(() -> fixture.pull(Fixture.NAMESPACE + "/team/app:huge"))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void whatIsThereIsNotAskedForAgain() {
        fixture.pull(IMAGE);
        mirror.clearLog();
        PulledImage again = fixture.pull(IMAGE);
        assertThat(mirror.requests()).hasSize(1).allMatch(LoggedRequest::isForTag);
        assertThat(again.bytesFetched()).isZero();
        assertThat(again.layers()).allMatch(PulledLayer::present);
    }

    @Test
    void aPinnedImageThatIsThereNeedsNoRequest() {
        String pinned = Fixture.NAMESPACE + "/team/app@" + CONTENT.rootDigest();
        fixture.pull(pinned);
        mirror.clearLog();
        PulledImage again = fixture.pull(pinned);
        assertThat(mirror.requests()).isEmpty();
        assertThat(again.requests()).isZero();
        assertThat(again.chainId()).hasToString(CONTENT.chainId(hostPlatform()));
    }

    @Test
    void thePlatformIsChosenAndItsAbsenceIsAnError() {
        try (ImagePuller puller = fixture.builder().build()) {
            PulledImage arm = puller.pull(
                    PullRequest.builder(IMAGE).platform("linux/arm64").build());
            assertThat(arm.chainId()).hasToString(CONTENT.chainId("linux/arm64"));
            PulledImage all =
                    puller.pull(PullRequest.builder(IMAGE).allPlatforms(true).build());
            assertThat(all.platforms()).hasSize(2);
            assertThatThrownBy(() -> puller.pull(
                            PullRequest.builder(IMAGE).platform("linux/s390x").build()))
                    .isInstanceOf(ImageNotFoundException.class)
                    .hasMessageContaining("linux/s390x")
                    .hasMessageContaining("linux/amd64, linux/arm64");
        }
    }

    @Test
    void metadataOfOtherPlatformsIsFetchedWhenWanted() {
        try (ImagePuller puller = fixture.builder().build()) {
            puller.pull(PullRequest.builder(IMAGE)
                    .platform("linux/amd64")
                    .metadata(false)
                    .build());
            int lean = mirror.requests().size();
            puller.pull(PullRequest.builder(IMAGE)
                    .platform("linux/amd64")
                    .metadata(true)
                    .build());
            // The tag once more, and the manifest and the configuration of the other platform.
            assertThat(mirror.requests()).hasSize(lean + 3);
        }
    }

    @Test
    void annotationsNameTheImageInTheIndex() throws IOException {
        try (ImagePuller puller = fixture.builder().build()) {
            puller.pull(PullRequest.builder(IMAGE).annotation("team", "blue").build());
        }
        assertThat(Files.readString(fixture.store().resolve("index.json"))).contains("\"team\":\"blue\"");
    }

    @Test
    void aStoreThatIsAFileIsNamed() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "x");
        assertThatThrownBy(() -> {
                    try (ImagePuller puller = fixture.builder().store(file).build()) {
                        puller.pull(IMAGE);
                    }
                })
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void withoutAHostThatMayNothingIsAsked() {
        fixture.hosts("server = \"" + upstream.origin() + "\"", "capabilities = [\"push\"]");
        assertThatThrownBy(() -> fixture.pull(IMAGE))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("capability");
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void withoutUpstreamARegistryThatNobodyWroteIsNotAsked() {
        String image = upstream.host() + "/team/app:1";
        mirror.when(request -> true, Behaviour.status(404));
        TestCertificates.write(
                temporary.resolve("certs.d").resolve(upstream.host()).resolve("hosts.toml"),
                Fixture.host(mirror, "pull", "resolve"));
        assertThat(fixture.pull(image).resolvedBy()).isEqualTo(upstream.origin());
        upstream.clearLog();
        try (ImagePuller puller = fixture.builder().upstream(false).build()) {
            assertThatThrownBy(() -> puller.pull(image)).isInstanceOf(ImageNotFoundException.class);
            assertThat(puller.explain(image).skipped())
                    .singleElement()
                    .satisfies(skipped -> assertThat(skipped.reason()).contains("upstream is disabled"));
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void aRegistryThatWantsNobodyIsDenied() {
        upstreamAlone();
        upstream.requireBasic("somebody", "secret");
        assertThatThrownBy(() -> fixture.pull(IMAGE)).isInstanceOf(RegistryAccessDeniedException.class);
    }
}
