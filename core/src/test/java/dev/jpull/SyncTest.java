// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.SyncReport.State;
import dev.jpull.SyncReport.SyncedImage;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.FailureKind;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.ReferenceException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.ImageFactory.RawLayer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of images are brought into the store by one engine, and nothing is fetched twice. */
class SyncTest {
    private static final int IMAGES = 200;
    private static final int SHARED = 4;
    private static final String REPOSITORY = Fixture.NAMESPACE + "/team/app";
    private static final TestImage SMALL = new ImageFactory(7).image("linux/amd64", new Layer(3_000, Compression.NONE));
    private static final TestImage OTHER = new ImageFactory(8).image("linux/amd64", new Layer(4_000, Compression.NONE));

    @TempDir
    Path temporary;

    private final TestRegistry registry = TestRegistry.start();
    private Fixture fixture;

    @BeforeEach
    void configure() throws IOException {
        fixture = new Fixture(temporary).hosts("server = \"" + registry.origin() + "\"");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static RawLayer layer(String name) {
        return RawLayer.gzip(new RawTar().file(name, name.repeat(100)).end().bytes());
    }

    private ImageList serveMany() throws IOException {
        List<RawLayer> shared = new ArrayList<>();
        for (int i = 0; i < SHARED; i++) {
            shared.add(layer("shared" + i));
        }
        StringBuilder list = new StringBuilder("# many\n");
        for (int i = 0; i < IMAGES; i++) {
            List<RawLayer> layers = new ArrayList<>(shared);
            layers.add(layer("own" + i));
            registry.serve("team/app", "v" + i, new ImageFactory(3).image("linux/amd64", layers));
            list.append(REPOSITORY).append(":v").append(i).append('\n');
        }
        return ImageList.read(Files.writeString(temporary.resolve("list.txt"), list));
    }

    private SyncReport sync(SyncRequest request) {
        try (ImagePuller puller = fixture.builder().build()) {
            return puller.sync(request);
        }
    }

    private static SyncRequest.Builder wanted(ImageList list) {
        return SyncRequest.builder(list).platform("linux/amd64");
    }

    private ImageList list(String text) throws IOException {
        return ImageList.read(Files.writeString(temporary.resolve("list"), text));
    }

    private Map<String, Integer> blobRequests() {
        return blobRequests(request -> true);
    }

    private Map<String, Integer> blobRequests(Predicate<LoggedRequest> counted) {
        Map<String, Integer> times = new HashMap<>();
        registry.requests().stream()
                .filter(LoggedRequest::isForBlob)
                .filter(counted)
                .forEach(request -> times.merge(request.path(), 1, Integer::sum));
        return times;
    }

    @Test
    void everyBlobOfManyImagesIsRequestedOnceAndNoneTheNextTime() throws IOException {
        ImageList list = serveMany();
        SyncReport first = sync(wanted(list).build());
        assertThat(first.images()).hasSize(IMAGES).allMatch(image -> image.state() == State.NEW);
        assertThat(blobRequests()).hasSize(IMAGES * 2 + SHARED);
        assertThat(blobRequests().values()).containsOnly(1);

        registry.clearLog();
        SyncReport second = sync(wanted(list).build());
        assertThat(second.images()).allMatch(image -> image.state() == State.PRESENT);
        assertThat(second.bytes()).isZero();
        assertThat(registry.requests())
                .hasSize(IMAGES)
                .allMatch(request -> request.method().equals("HEAD"));
    }

    @Test
    void aRunThatWasKilledGoesOnWhereItWas() throws Exception {
        ImageList list = serveMany();
        registry.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(20_000));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SyncTest.class.getName(),
                        temporary.resolve("certs.d").toString(),
                        fixture.store().toString(),
                        temporary.resolve("list.txt").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        while (blobRequests().size() < IMAGES / 2) {
            assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
        }
        process.destroyForcibly().waitFor();
        Set<String> there = new HashSet<>();
        try (Stream<Path> blobs = Files.list(fixture.store().resolve("blobs/sha256"))) {
            blobs.forEach(blob -> there.add("sha256:" + blob.getFileName()));
        }
        registry.behave();
        // The registry may log a last request of the killed process at any time: those of the second run have a header.
        fixture.hosts("server = \"" + registry.origin() + "\"\n[header]\nX-Run = \"second\"");
        SyncReport report = sync(wanted(list).build());
        Map<String, Integer> requested = blobRequests(request -> "second".equals(request.header("X-Run")));
        assertThat(report.count(State.FAILED)).isZero();
        assertThat(requested.values()).containsOnly(1);
        assertThat(requested.keySet()).noneMatch(path -> there.contains(path.substring(path.lastIndexOf('/') + 1)));
        assertThat(LocalStore.open(fixture.store()).verify(false)).isEmpty();
    }

    /** What the process does: one run. */
    public static void main(String[] args) {
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(Path.of(args[0]))
                .store(Path.of(args[1]))
                .build()) {
            SyncReport unused =
                    puller.sync(wanted(ImageList.read(Path.of(args[2]))).build());
        }
    }

    @Test
    void aTagThatMovesIsUpdatedAndADigestIsNotAskedFor() throws IOException {
        registry.serve("team/app", "1", SMALL);
        ImageList list = list(REPOSITORY + ":1\n" + REPOSITORY + "@" + SMALL.rootDigest() + "\n");
        assertThat(sync(wanted(list).build()).count(State.NEW)).isEqualTo(2);
        registry.serve("team/app", "1", OTHER).clearLog();
        SyncReport second = sync(wanted(list).build());
        assertThat(second.images()).extracting(SyncedImage::state).containsExactly(State.UPDATED, State.PRESENT);
        assertThat(second.images().get(0).digest()).hasToString(OTHER.rootDigest());
        registry.clearLog();
        sync(wanted(list).build());
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void anImageThatIsNamedTwiceIsOne() throws IOException {
        registry.serve("team/app", "1", SMALL);
        SyncReport report = sync(
                wanted(list(REPOSITORY + ":1\n" + REPOSITORY + ":1 # again\n")).build());
        assertThat(report.images()).hasSize(1);
    }

    @Test
    void twoImagesOfOneNameAreRefusedBeforeARequest() throws IOException {
        ImageList list = ImageList.read(Files.writeString(temporary.resolve("l.yaml"), """
                images:
                - {image: "%1$s:1", rename: mirror.example/x}
                - {image: "%1$s2:1", rename: mirror.example/x}
                """.formatted(REPOSITORY)));
        assertThatThrownBy(() -> sync(wanted(list).build()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("would both be named mirror.example/x:1");
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void theFirstFailureEndsTheRunUnlessItKeepsGoing() throws IOException {
        registry.serve("team/app", "1", SMALL);
        ImageList list = list(REPOSITORY + ":none\n" + REPOSITORY + ":1\n" + REPOSITORY + ":gone\n");
        assertThatThrownBy(() -> sync(wanted(list).build())).isInstanceOf(ImageNotFoundException.class);
        SyncReport report = sync(wanted(list).keepGoing(true).prune(true).build());
        assertThat(report.images().get(1).failure()).isNull();
        assertThat(report.count(State.FAILED)).isEqualTo(2);
        assertThat(report.pruned()).isNull();
        assertThat(report.worstFailure())
                .hasValueSatisfying(worst -> assertThat(worst.kind()).isEqualTo(FailureKind.NOT_FOUND));
    }

    @Test
    void aDryRunWritesNothingAndRequestsNoBlob() throws IOException {
        registry.serve("team/app", "1", SMALL).serve("team/app", "same", SMALL);
        ImageList list = list(REPOSITORY + ":1\n" + REPOSITORY + ":same\n");
        SyncReport plan = sync(wanted(list).dryRun(true).prune(true).build());
        assertThat(fixture.store()).doesNotExist();
        assertThat(blobRequests()).isEmpty();
        long size =
                SMALL.blobs().values().stream().mapToLong(blob -> blob.length).sum();
        assertThat(plan.images()).extracting(SyncedImage::bytes).containsExactly(size, 0L);
        assertThat(sync(wanted(list).build()).bytes()).isEqualTo(size);
        SyncReport again = sync(wanted(list).dryRun(true).build());
        assertThat(again.count(State.PRESENT)).isEqualTo(2);
        assertThat(again.bytes()).isZero();
    }

    @Test
    void pruneRemovesWhatListsBroughtAndNothingElse() throws IOException {
        registry.serve("team/app", "1", SMALL).serve("team/app", "2", OTHER).serve("team/app", "hand", OTHER);
        fixture.pull(REPOSITORY + ":hand");
        sync(wanted(list(REPOSITORY + ":1\n" + REPOSITORY + ":2\n" + REPOSITORY + ":hand\n"))
                .build());
        ImageList shorter = list(REPOSITORY + ":2\n");
        SyncReport plan = sync(wanted(shorter).prune(true).dryRun(true).build());
        assertThat(plan.pruned()).containsExactly(REPOSITORY + ":1");
        assertThat(LocalStore.open(fixture.store()).images()).hasSize(3);
        SyncReport pruned = sync(wanted(shorter).prune(true).build());
        assertThat(pruned.pruned()).isEqualTo(plan.pruned());
        assertThat(pruned.bytesFreed()).isEqualTo(plan.bytesFreed()).isPositive();
        assertThat(LocalStore.open(fixture.store()).images())
                .extracting(LocalStore.StoredImage::name)
                .containsExactlyInAnyOrder(REPOSITORY + ":2", REPOSITORY + ":hand");
        assertThat(LocalStore.open(fixture.store()).verify(false)).isEmpty();
    }

    @Test
    void listsWithoutImagesAreRefusedAndRemoveNothing() throws IOException {
        registry.serve("team/app", "1", SMALL);
        sync(wanted(list(REPOSITORY + ":1\n")).build());
        for (ImageList empty : List.of(ImageList.of(), list("# none today\n\n"))) {
            assertThatThrownBy(() -> sync(wanted(empty).prune(true).build()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("the lists name no image, and pruning would remove all that lists brought");
        }
        assertThat(LocalStore.open(fixture.store()).images()).hasSize(1);
    }

    @Test
    void aListSaysWhatIsInIt() {
        assertThat(ImageList.of("a:1", "a:2", "registry.example/b"))
                .hasToString("3 entries: docker.io/library/a, registry.example/b");
    }

    @Test
    void otherPlatformsAreAddedToAnImageThatIsThere() throws IOException {
        TestImage index =
                new ImageFactory(5).index(List.of("linux/amd64", "linux/arm64"), new Layer(2_000, Compression.NONE));
        registry.serve("team/app", "1", index);
        ImageList list = list(REPOSITORY + ":1\n");
        sync(wanted(list).build());
        registry.clearLog();
        SyncReport more = sync(wanted(list).platform("linux/arm64").build());
        assertThat(more.images().get(0).state()).isEqualTo(State.UPDATED);
        assertThat(registry.requests().stream().map(LoggedRequest::path).collect(Collectors.toSet()))
                .noneMatch(path -> path.endsWith(index.rootDigest()));
        assertThat(sync(wanted(list).platform("linux/arm64").build()).count(State.PRESENT))
                .isEqualTo(1);
    }

    @Test
    void rulesChooseAmongTheTagsWhichAreAskedForOnce() throws IOException {
        for (String tag : List.of("1.3.0", "1.4.0", "1.10.0", "2.0.0", "latest", "edge")) {
            registry.serve("team/app", tag, SMALL);
        }
        ImageList list = ImageList.read(Files.writeString(temporary.resolve("l.yaml"), """
                images:
                - {repository: %1$s, semver: ">=1.4 <2"}
                - {repository: %1$s, tags: ["e*"]}
                - {repository: %1$s, newest: 1}
                """.formatted(REPOSITORY)));
        SyncReport report = sync(wanted(list).build());
        assertThat(report.images())
                .extracting(image -> image.name().substring(REPOSITORY.length() + 1))
                .containsExactlyInAnyOrder("1.4.0", "1.10.0", "edge", "2.0.0");
        assertThat(registry.requests().stream().filter(request -> request.path().endsWith("/tags/list")))
                .hasSize(1);
    }

    @Test
    void aRuleThatMatchesNoTagIsAFailureAndNothingIsRemoved() throws IOException {
        registry.serve("team/app", "1.0.0", SMALL);
        sync(wanted(list(REPOSITORY + ":1.0.0\n")).build());
        ImageList list = ImageList.read(Files.writeString(
                temporary.resolve("l.yaml"), "images: [{repository: " + REPOSITORY + ", semver: ^2}]\n"));
        assertThatThrownBy(() -> sync(wanted(list).prune(true).build()))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("l.yaml:1:10: none of the 1 tags");
        SyncReport report = sync(wanted(list).prune(true).keepGoing(true).build());
        assertThat(report.pruned()).isNull();
        assertThat(LocalStore.open(fixture.store()).images()).hasSize(1);
    }

    @Test
    void renamesChangeTheNamesInTheStore() throws IOException {
        registry.serve("team/app", "1", SMALL);
        ImageList list = list(REPOSITORY + ":1\n");
        SyncReport report = sync(wanted(list)
                .rename(Fixture.NAMESPACE + "/team", "mirror.example/t")
                .build());
        assertThat(report.images()).extracting(SyncedImage::name).containsExactly("mirror.example/t/app:1");
        assertThatThrownBy(() ->
                        sync(wanted(list).rename("other.example", "x.example").build()))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("other.example");
    }
}
