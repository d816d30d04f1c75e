// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever becomes of the manifests and configurations of other platforms, the wanted image is pulled. */
class OtherPlatformsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final TestImage WANTED =
            new ImageFactory(71).image("linux/amd64", new Layer(3_000, Compression.NONE));
    private static final TestImage OTHER = new ImageFactory(72).image("linux/arm64", new Layer(900, Compression.NONE));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry registry;
    private final List<PullEvent> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        registry = TestRegistry.start().serve("team/app", "amd64", WANTED).serve("team/app", "arm64", OTHER);
        fixture.hosts("server = \"" + registry.origin() + "\"");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static String entry(String type, String digest, long size, String platform) {
        String[] parts = platform.split("/");
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size
                + ",\"platform\":{\"os\":\"" + parts[0] + "\",\"architecture\":\"" + parts[1] + "\"}}";
    }

    private static String entry(TestImage image, String platform) {
        TestImage.Document manifest = image.document(image.rootDigest());
        return entry(manifest.mediaType(), image.rootDigest(), manifest.content().length, platform);
    }

    private void index(List<String> entries) {
        registry.serveManifest(
                "team/app",
                "1",
                INDEX,
                ("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[" + String.join(",", entries)
                                + "]}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Another manifest of another platform; returns its entry. */
    private String manifest(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        String digest = TestImage.digest(content);
        registry.serveManifest("team/app", digest, MANIFEST, content);
        return entry(MANIFEST, digest, content.length, "linux/s390x");
    }

    private static String configOf(TestImage image) {
        return image.blobs().entrySet().stream()
                .filter(blob -> blob.getValue()[0] == '{')
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private PulledImage pull(UnaryOperator<PullRequest> wanted) {
        try (ImagePuller puller = fixture.builder()
                .listener(events::add)
                .waits((pause, scope) -> {}, Duration.ofMillis(400))
                .build()) {
            return puller.pull(wanted.apply(PullRequest.builder(IMAGE)
                    .platform("linux/amd64")
                    .metadata(true)
                    .build()));
        }
    }

    private List<String> warnings() {
        return events.stream()
                .flatMap(event -> event instanceof PullEvent.Warning warning ? Stream.of(warning.text()) : Stream.of())
                .filter(text -> text.contains("left out"))
                .toList();
    }

    static Stream<Arguments> troubles() {
        List<Arguments> troubles = new ArrayList<>();
        for (boolean config : List.of(true, false)) {
            for (int status : List.of(400, 401, 403, 404, 410, 429, 500, 503)) {
                troubles.add(Arguments.of("status " + status, config, Behaviour.status(status)));
            }
            troubles.add(Arguments.of("other bytes", config, Behaviour.corrupt(5)));
            troubles.add(Arguments.of("a cut", config, Behaviour.cut(0)));
            troubles.add(Arguments.of("silence", config, Behaviour.stall(0)));
            troubles.add(Arguments.of("an end", config, Behaviour.drop()));
            troubles.add(Arguments.of(
                    "a page", config, Behaviour.body("text/html", "<html>".getBytes(StandardCharsets.UTF_8))));
        }
        return troubles.stream();
    }

    @ParameterizedTest(name = "{0}, of a configuration: {1}")
    @MethodSource("troubles")
    void whatCannotBeHadIsLeftOut(String name, boolean config, Behaviour behaviour) {
        index(List.of(entry(WANTED, "linux/amd64"), entry(OTHER, "linux/arm64")));
        String digest = config ? configOf(OTHER) : OTHER.rootDigest();
        registry.when(request -> request.path().endsWith(digest), behaviour);
        assertThat(pull(request -> request).chainId()).hasToString(WANTED.chainId("linux/amd64"));
        assertThat(warnings()).hasSize(1);
        assertThat(fixture.blob(digest)).doesNotExist();
    }

    static Stream<Arguments> lies() {
        String config = "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" + CONFIG + "\",\"digest\":\""
                + configOf(OTHER) + "\",\"size\":%s},\"layers\":[]}";
        return Stream.of(
                Arguments.of("a configuration that is smaller", config.replace("%s", "5")),
                Arguments.of("a configuration that is larger", config.replace("%s", "100000")),
                Arguments.of("a configuration of 2^62 bytes", config.replace("%s", "4611686018427387904")),
                Arguments.of("a configuration without bytes", config.replace("%s", "0")),
                Arguments.of("a negative size", config.replace("%s", "-1")),
                Arguments.of("no JSON", "nonsense"),
                Arguments.of("nothing in it", "{}"),
                Arguments.of("an index", "{\"schemaVersion\":2,\"manifests\":[]}"),
                Arguments.of("schema 1", "{\"schemaVersion\":1,\"fsLayers\":[]}"),
                Arguments.of("too many values", "{\"x\":[" + "1,".repeat(300_000) + "1]}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void whatIsNotWhatItShouldBeIsLeftOut(String name, String manifest) {
        index(List.of(entry(WANTED, "linux/amd64"), manifest(manifest), entry(OTHER, "linux/arm64")));
        assertThat(pull(request -> request).chainId()).hasToString(WANTED.chainId("linux/amd64"));
        assertThat(warnings()).hasSize(1);
        assertThat(fixture.blob(OTHER.rootDigest())).exists();
    }

    @Test
    void aManifestThatLiesAboutItsSizeIsLeftOut() {
        index(List.of(
                entry(WANTED, "linux/amd64"),
                entry(MANIFEST, OTHER.rootDigest(), 5, "linux/arm64"),
                entry(MANIFEST, TestImage.digest(new byte[0]), Long.MAX_VALUE, "linux/s390x")));
        assertThat(pull(request -> request).chainId()).hasToString(WANTED.chainId("linux/amd64"));
        assertThat(warnings()).singleElement().asString().contains("2 manifests");
    }

    /** A hundred manifests of four megabytes: what is fetched of them is bounded, and none of it is held. */
    @Test
    void theirSumIsBounded() {
        List<String> entries = new ArrayList<>(List.of(entry(WANTED, "linux/amd64")));
        for (int i = 0; i < 100; i++) {
            entries.add(manifest("{\"n\":" + i + ",\"padding\":\"" + "x".repeat(4 << 20) + "\"}"));
        }
        index(entries);
        assertThat(pull(request -> request).chainId()).hasToString(WANTED.chainId("linux/amd64"));
        assertThat(warnings()).hasSize(1);
        assertThat(registry.requests().stream()
                        .filter(request -> request.path().contains("/manifests/sha256:"))
                        .count())
                .isLessThan(10);
    }

    @Test
    void theSumOfWhatIsWantedIsBounded() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            entries.add(manifest("{\"n\":" + i + ",\"padding\":\"" + "x".repeat(4 << 20) + "\"}"));
        }
        index(entries);
        assertThatThrownBy(() ->
                        pull(request -> request.toBuilder().allPlatforms(true).build()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("together");
    }

    @Test
    void whatIsWantedIsAskedForFirst() {
        index(List.of(entry(OTHER, "linux/arm64"), entry(WANTED, "linux/amd64")));
        try (ImagePuller puller = fixture.builder().maxConcurrentDownloads(1).build()) {
            puller.pull(PullRequest.builder(IMAGE)
                    .platform("linux/amd64")
                    .metadata(true)
                    .build());
        }
        List<String> paths =
                registry.requests().stream().map(LoggedRequest::path).toList();
        assertThat(paths.get(paths.size() - 1)).endsWith(configOf(OTHER));
        assertThat(paths.get(paths.size() - 2)).endsWith(OTHER.rootDigest());
        assertThat(fixture.blob(configOf(OTHER))).exists();
    }

    @Test
    void aWantedConfigurationIsNotFetchedWhenItWouldNotBeRead() {
        registry.serveManifest(
                "team/app",
                "1",
                MANIFEST,
                ("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"" + CONFIG + "\",\"digest\":\"" + configOf(OTHER)
                                + "\",\"size\":9000000},\"layers\":[]}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> pull(request -> request)).isInstanceOf(IntegrityException.class);
        assertThat(registry.requests()).noneMatch(LoggedRequest::isForBlob);
    }
}
