// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.LockException;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.error.Remedy;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Digest;
import dev.jpull.image.LockChange;
import dev.jpull.image.Platform;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls with a lock file. */
class LockTest extends MirroredImage {
    private static final List<String> PLATFORMS = List.of("linux/amd64", "linux/arm64");
    private static final TestImage A = new ImageFactory(1)
            .index(PLATFORMS, new Layer(20_000, Compression.GZIP), new Layer(9_000, Compression.NONE));
    private static final TestImage B = new ImageFactory(2).index(PLATFORMS, new Layer(20_000, Compression.GZIP));
    private static final String OLD = "2020-01-31T12:00:00Z";

    LockTest() {
        super(A);
    }

    private Path file() {
        return temporary.resolve("jpull.lock");
    }

    private ImagePullerBuilder locking() {
        return fixture.retryingAtOnce().lockFile(file());
    }

    private void tagMeans(TestImage image) {
        // The other image stays there by digest.
        upstream.serve("team/app", "1", image);
        mirror.serve("team/app", "1", image);
    }

    private void write(String line) throws IOException {
        Files.writeString(file(), "# jpull lock file, version 1\n" + line);
    }

    private static String line(TestImage image, String date) {
        return IMAGE + " " + image.rootDigest() + " " + date + " https://first.example\n";
    }

    private String lineAfter() throws IOException {
        return Files.exists(file()) ? Files.readString(file()) : "";
    }

    private static Digest digest(TestImage image) {
        return Digest.parse(image.rootDigest());
    }

    private List<LoggedRequest> requests() {
        return Stream.concat(mirror.requests().stream(), upstream.requests().stream())
                .toList();
    }

    private void clearLogs() {
        mirror.clearLog();
        upstream.clearLog();
    }

    /**
     * The table of docs/embedding.md. The line and the store have image A, or another one (B); the tag is A (same), B (moved), or
     * cannot be asked for (down). The outcome is the image, or the kind of failure; what is asked for: nothing, the tag, digests, both.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # line | store | tag   | mode           | outcome     | asked   | line after
            none   | none  | same  | followed       | A           | both    | A new
            none   | A     | moved | followed       | B           | both    | B new
            young  | none  | moved | followed       | A           | digests | A
            young  | A     | moved | followed       | A           | nothing | A
            young  | B     | moved | followed       | A           | digests | A
            old    | A     | down  | followed       | A           | nothing | A
            none   | A     | same  | enforced       | lock        | nothing | none
            young  | A     | moved | enforced       | A           | nothing | A
            old    | A     | moved | enforced       | A           | nothing | A
            young  | none  | same  | enforced       | A           | both    | A
            young  | B     | same  | enforced       | A           | both    | A
            young  | none  | moved | enforced       | lock        | tag     | A
            young  | B     | moved | enforced       | lock        | tag     | A
            young  | none  | down  | enforced       | A           | both    | A
            young  | none  | gone  | enforced       | A           | both    | A
            none   | none  | same  | aged           | A           | both    | A new
            young  | A     | moved | aged           | A           | nothing | A
            young  | none  | moved | aged           | A           | digests | A
            old    | A     | same  | aged           | A           | tag     | A new
            old    | none  | moved | aged           | B           | both    | B new
            old    | A     | moved | aged           | B           | both    | B new
            old    | A     | down  | aged           | A           | tag     | A
            future | A     | moved | aged           | B           | both    | B new
            young  | none  | moved | enforced, aged | A           | digests | A
            old    | A     | same  | enforced, aged | A           | tag     | A
            old    | A     | moved | enforced, aged | lock        | tag     | A
            old    | A     | down  | enforced, aged | A           | tag     | A
            none   | none  | same  | updated        | A           | both    | A new
            young  | A     | same  | updated        | A           | tag     | A
            young  | A     | moved | updated        | B           | both    | B new
            young  | none  | moved | updated        | B           | both    | B new
            young  | A     | down  | updated        | unavailable | tag     | A
            none   | A     | moved | offline        | A           | nothing | none
            young  | A     | moved | offline        | A           | nothing | A
            young  | B     | moved | offline        | lock        | nothing | A
            young  | none  | moved | offline        | not-found   | nothing | A
            """)
    void theLockFileDecides(
            String line, String store, String tag, String mode, String outcome, String asked, String after)
            throws IOException {
        if (!store.equals("none")) {
            tagMeans(store.equals("A") ? A : B);
            fixture.pull(IMAGE);
        }
        tagMeans(B);
        tagMeans(tag.equals("moved") ? B : A);
        if (tag.equals("down") || tag.equals("gone")) {
            Behaviour failing = Behaviour.status(tag.equals("down") ? 503 : 404);
            mirror.when(LoggedRequest::isForTag, failing);
            upstream.when(LoggedRequest::isForTag, failing);
        }
        Instant young = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);
        String date = line.equals("old") ? OLD : line.equals("future") ? "2999-01-31T12:00:00Z" : young.toString();
        if (!line.equals("none")) {
            write(line(A, date));
        }
        String before = lineAfter();
        clearLogs();

        assertThat(outcome(mode)).isEqualTo(outcome);

        assertThat(asked()).isEqualTo(asked);
        switch (after) {
            case "none" -> assertThat(file()).doesNotExist();
            case "A" -> assertThat(lineAfter().replaceAll(" linux/.*", "")).isEqualTo(before);
            default ->
                assertThat(lineAfter())
                        .contains(IMAGE + " " + (after.startsWith("A") ? A : B).rootDigest() + " 2")
                        .contains(" " + mirror.origin() + " " + Platform.host() + "=sha256:")
                        .doesNotContain(date);
        }
    }

    private String outcome(String mode) {
        ImagePullerBuilder builder = locking().locked(mode.contains("enforced"));
        if (mode.contains("aged")) {
            builder.lockMaxAge(Duration.ofHours(1));
        }
        try (ImagePuller puller = builder.build()) {
            PulledImage image = switch (mode) {
                case "updated" ->
                    puller.updateLock(List.of(PullRequest.of(IMAGE))).get(0).orThrow();
                case "offline" ->
                    puller.pull(PullRequest.builder(IMAGE).offline(true).build());
                default -> puller.pull(IMAGE);
            };
            assertThat(image.name()).isEqualTo(IMAGE);
            return image.digest().equals(digest(A)) ? "A" : "B";
        } catch (PullException e) {
            return e.kind().label();
        }
    }

    private String asked() {
        boolean tag = requests().stream().anyMatch(LoggedRequest::isForTag);
        boolean digests = requests().stream()
                .anyMatch(request -> !request.isForTag() && !request.path().equals("/v2/"));
        return tag ? digests ? "both" : "tag" : digests ? "digests" : "nothing";
    }

    @Test
    void aRefusalNamesBothDigestsAndBothHosts() throws IOException {
        write(line(A, OLD));
        tagMeans(B);

        try (ImagePuller puller = locking().locked(true).build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE))
                    .isInstanceOf(LockException.class)
                    .hasMessage("the tag " + IMAGE + " has moved: the lock file " + file() + " has " + A.rootDigest()
                            + " of " + OLD + " from https://first.example, and " + mirror.origin() + " has "
                            + B.rootDigest() + " now: update the lock file to accept that, or pull "
                            + Fixture.NAMESPACE + "/team/app@" + A.rootDigest() + " to keep the locked image")
                    .satisfies(e -> assertThat(((LockException) e).remedies()).containsExactly(Remedy.UPDATE_LOCK));
        }
        assertThat(Files.exists(fixture.store().resolve("index.json"))).isFalse();
    }

    @Test
    void anImageThatIsNotLockedIsRefusedWithoutARequest() throws IOException {
        write("");
        try (ImagePuller puller = locking().locked(true).build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE))
                    .isInstanceOf(LockException.class)
                    .hasMessage(
                            IMAGE + " is not in the lock file " + file() + ": add it by an update of the lock file");
        }
        assertThat(requests()).isEmpty();
        assertThat(fixture.store()).doesNotExist();
    }

    @Test
    void aRequestDecidesForItself() throws IOException {
        write(line(A, OLD));
        tagMeans(B);
        PullRequest request = PullRequest.builder(IMAGE).locked(true).build();
        assertThat(request.locked()).isTrue();
        assertThat(PullRequest.of(IMAGE).locked()).isNull();

        try (ImagePuller puller = locking().build()) {
            assertThatThrownBy(() -> puller.pull(request)).isInstanceOf(LockException.class);
            PullRequest other = request.toBuilder().locked(false).build();
            assertThat(puller.pull(other).digest()).isEqualTo(digest(A));
        }
        try (ImagePuller puller = fixture.builder().build()) {
            assertThatThrownBy(() -> puller.pull(request))
                    .isInstanceOf(LockException.class)
                    .hasMessageContaining("the puller has no lock file: name one when the puller is built");
            assertThatThrownBy(puller::updateLock).isInstanceOf(LockException.class);
        }
    }

    @Test
    void aDigestNeedsNoLine() throws IOException {
        write("");
        String reference = Fixture.NAMESPACE + "/team/app@" + A.rootDigest();
        try (ImagePuller puller = locking().locked(true).build()) {
            PulledImage image = puller.pull(reference);
            assertThat(image.lockChange()).isNull();

            puller.updateLock(List.of(PullRequest.of(reference))).get(0).orThrow();
            assertThat(lineAfter()).contains(reference + " " + A.rootDigest());
            clearLogs();
            LockChange change = puller.pull(reference).lockChange();
            assertThat(change).isNotNull();
            assertThat(requests()).isEmpty();
        }
    }

    @Test
    void platformsAreAddedToALine() throws IOException {
        try (ImagePuller puller = locking().build()) {
            PulledImage first = puller.pull(
                    PullRequest.builder(IMAGE).platform("linux/arm64").build());
            assertThat(first.lockChange())
                    .isNotNull()
                    .extracting(LockChange::state)
                    .isEqualTo(LockChange.State.ADDED);
            String added = lineAfter();
            PulledImage second = puller.pull(
                    PullRequest.builder(IMAGE).platform("linux/amd64").build());

            assertThat(second.lockChange())
                    .isNotNull()
                    .extracting(LockChange::state)
                    .isEqualTo(LockChange.State.UNCHANGED);
            assertThat(added).contains("linux/arm64=").doesNotContain("linux/amd64=");
            assertThat(lineAfter()).contains("linux/amd64=").contains("linux/arm64=");
            assertThat(ImagePuller.lockedImages(file()).get(0).manifests())
                    .containsOnlyKeys("linux/amd64", "linux/arm64");

            tagMeans(B);
            PulledImage updated = puller.updateLock().get(0).orThrow();
            assertThat(updated.platforms()).hasSize(2);
            assertThat(updated.lockChange())
                    .isNotNull()
                    .extracting(LockChange::state)
                    .isEqualTo(LockChange.State.MOVED);
        }
    }

    @Test
    void anUpdateThatNamesNoPlatformIsForThoseOfTheLine() throws IOException {
        try (ImagePuller puller = locking().build()) {
            puller.pull(PullRequest.builder(IMAGE)
                    .platform("linux/arm64")
                    .platform("linux/amd64")
                    .build());
            tagMeans(B);

            PulledImage updated =
                    puller.updateLock(List.of(PullRequest.of(IMAGE))).get(0).orThrow();

            assertThat(updated.platforms()).hasSize(2);
            assertThat(lineAfter()).contains(B.rootDigest(), "linux/amd64=", "linux/arm64=");
        }
    }

    @Test
    void aLineThatIsAddedMeanwhileWins() throws IOException {
        tagMeans(B); // the pull starts with this, and another process has locked what the tag was before
        mirror.when(
                request -> {
                    if (request.isForTag()) {
                        addLine();
                    }
                    return false;
                },
                Behaviour.status(503));
        try (ImagePuller puller = locking().build()) {
            PulledImage image = puller.pull(IMAGE);

            assertThat(image.digest()).isEqualTo(digest(A));
            assertThat(image.lockChange()).isNotNull().satisfies(change -> {
                assertThat(change.state()).isEqualTo(LockChange.State.UNCHANGED);
                assertThat(change.after().digest()).isEqualTo(digest(A));
            });
            assertThat(puller.store())
                    .satisfies(store -> assertThat(
                                    LocalStore.open(store).image(IMAGE).digest())
                            .isEqualTo(digest(A)));
        }
        assertThat(lineAfter()).contains(line(A, OLD).strip()).doesNotContain(B.rootDigest());
    }

    private void addLine() {
        try {
            write(line(A, OLD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aManifestThatWasChangedByHandIsRefused() throws IOException {
        String wrong = "sha256:" + "7".repeat(64);
        write(line(A, OLD).strip() + " " + Platform.host() + "=" + wrong + "\n");
        try (ImagePuller puller = locking().build()) {
            for (boolean enforced : List.of(true, false)) {
                PullRequest request =
                        PullRequest.builder(IMAGE).locked(enforced).build();
                assertThatThrownBy(() -> puller.pull(request))
                        .isInstanceOf(LockException.class)
                        .hasMessageContaining("has " + wrong + ", although both have the digest " + A.rootDigest());
            }
            puller.updateLock();
            assertThat(lineAfter()).doesNotContain(wrong);
        }
    }

    @Test
    void aFailedImageLeavesItsLine() throws IOException {
        String gone = Fixture.NAMESPACE + "/team/gone:1";
        write(line(B, OLD) + line(A, OLD).replace("app:1", "gone:1"));
        try (ImagePuller puller = locking().build()) {
            List<ImageOutcome<PulledImage>> outcomes = puller.updateLock();

            assertThat(outcomes).extracting(ImageOutcome::image).containsExactly(IMAGE, gone);
            assertThat(outcomes.get(0).orThrow().lockChange()).isNotNull();
            assertThat(outcomes.get(1).failure()).isNotNull();
            assertThatThrownBy(outcomes.get(1)::orThrow).isInstanceOf(PullException.class);
        }
        assertThat(lineAfter())
                .endsWith(line(A, OLD).replace("app:1", "gone:1"))
                .contains("app:1 " + A.rootDigest())
                .doesNotContain("app:1 " + A.rootDigest() + " " + OLD);
    }

    @Test
    void aHostThatIsDownIsAWarning() throws IOException {
        write(line(A, OLD));
        mirror.when(LoggedRequest::isForTag, Behaviour.status(503));
        upstream.when(LoggedRequest::isForTag, Behaviour.status(503));
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        try (ImagePuller puller = locking()
                .locked(true)
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning) {
                        warnings.add(warning.text());
                    }
                })
                .build()) {
            puller.pull(IMAGE);
        }
        assertThat(warnings)
                .anyMatch(text -> text.startsWith(
                        "the locked digest of " + IMAGE + " is used, because no host says what the tag stands for: "));
    }

    @Test
    void whatIsReportedIsReportedOnceAndAFallbackIsCounted() throws IOException {
        write(line(A, OLD));
        fixture.hosts("unknown = 1\nserver = \"" + upstream.origin() + "\"", Fixture.host(mirror, "pull", "resolve"));
        mirror.when(LoggedRequest::isForTag, Behaviour.status(503));
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        try (ImagePuller puller = locking()
                .locked(true)
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning) {
                        warnings.add(warning.text());
                    }
                })
                .build()) {
            PulledImage image = puller.pull(IMAGE);

            assertThat(image.fallbacks()).hasSize(1);
            assertThat(image.resolvedBy()).isEqualTo(upstream.origin());
        }
        assertThat(warnings).filteredOn(text -> text.contains("unknown")).hasSize(1);
    }

    @Test
    void anUpdateIsNotPossibleOffline() throws IOException {
        write(line(A, OLD));
        try (ImagePuller puller = locking().build()) {
            PullRequest request = PullRequest.builder(IMAGE).offline(true).build();
            assertThatThrownBy(() -> puller.updateLock(List.of(request)))
                    .isInstanceOf(ReferenceException.class)
                    .hasMessageContaining("which no offline request may do");
        }
    }

    @Test
    void nothingAtAllIsAFailureOfTheTag() throws IOException {
        write(line(A, OLD));
        mirror.when(request -> true, Behaviour.status(503));
        upstream.when(request -> true, Behaviour.status(503));
        try (ImagePuller puller = locking().locked(true).build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining(IMAGE)
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherNameInTheStoreIsFound(boolean enforced) throws IOException {
        write(line(A, OLD));
        PullRequest request =
                PullRequest.builder(IMAGE).storedAs("other.example/app:1").build();
        try (ImagePuller puller = locking().locked(enforced).build()) {
            puller.pull(request);
            clearLogs();
            assertThat(puller.pull(request).name()).isEqualTo("other.example/app:1");
        }
        assertThat(requests()).isEmpty();
    }

    /** Another pull of the tag may give the name in the store to another image between any two reads of the index. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLockedImageIsReturnedWhileItsNameIsGivenToAnotherOne(boolean enforced) throws Exception {
        write(line(A, OLD));
        Path index = fixture.store().resolve("index.json");
        try (ImagePuller plain = fixture.retryingAtOnce().build();
                ImagePuller locking = locking().locked(enforced).build()) {
            tagMeans(B);
            plain.pull(IMAGE);
            byte[] other = Files.readAllBytes(index);
            tagMeans(A);
            plain.pull(IMAGE);
            byte[] locked = Files.readAllBytes(index);
            AtomicBoolean ended = new AtomicBoolean();
            CompletableFuture<Void> renaming = CompletableFuture.runAsync(() -> {
                for (int i = 0; !ended.get(); i++) {
                    replace(index, i % 2 == 0 ? other : locked);
                }
            });
            try {
                for (int i = 0; i < 300; i++) {
                    assertThat(locking.pull(IMAGE).digest()).isEqualTo(digest(A));
                }
            } finally {
                ended.set(true);
                renaming.join();
            }
        }
    }

    private static void replace(Path file, byte[] content) {
        try {
            Path fresh = Files.write(file.resolveSibling("fresh"), content);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anExportAndASnapshotOfALockedImageSendNoRequest() throws IOException {
        write(line(A, OLD));
        try (ImagePuller puller = locking().locked(true).build()) {
            puller.pull(IMAGE);
            clearLogs();
            PullRequest request = PullRequest.builder(IMAGE).metadata(true).build();
            puller.pullAndExport(List.of(request), ExportRequest.builder().build(), temporary.resolve("image.tar"));
            puller.pull(request.toBuilder().verifyLayers(true).build());
        }
        assertThat(requests()).isEmpty();
        assertThat(temporary.resolve("image.tar")).exists();
    }

    @Test
    void anAnnotationThatTheStoreDoesNotHaveIsWrittenWithoutARequest() throws IOException {
        write(line(A, OLD));
        try (ImagePuller puller = locking().locked(true).build()) {
            puller.pull(IMAGE);
            clearLogs();
            puller.pull(PullRequest.builder(IMAGE).annotation("team", "a").build());
        }
        assertThat(requests()).isEmpty();
        assertThat(Files.readString(fixture.store().resolve("index.json"))).contains("\"team\"");
    }

    @Test
    void aListIsSyncedAsTheLockFileSays() throws IOException {
        write(line(A, OLD));
        SyncRequest request = SyncRequest.builder(ImageList.of(IMAGE)).build();
        try (ImagePuller puller = locking().locked(true).build()) {
            assertThat(puller.sync(request).images().get(0).state()).isEqualTo(SyncReport.State.NEW);
            tagMeans(B);
            clearLogs();
            assertThat(puller.sync(request).images().get(0).state()).isEqualTo(SyncReport.State.PRESENT);
        }
        assertThat(requests()).isEmpty();
    }

    @Test
    void modulesThatPullAtTheSameTimeAreAllInTheFile() throws IOException {
        List<PullRequest> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            mirror.serve("team/app", "m" + i, i % 2 == 0 ? A : B);
            requests.add(PullRequest.of(Fixture.NAMESPACE + "/team/app:m" + i));
        }
        try (ImagePuller one = locking().build();
                ImagePuller other = locking().build()) {
            List<Stream<PulledImage>> ended =
                    Stream.of(one, other)
                            .map(puller ->
                                    requests.stream().map(puller::pullAsync).toList())
                            .toList()
                            .stream()
                            .map(futures -> futures.stream().map(future -> future.join()))
                            .toList();
            assertThat(ended.stream().flatMap(images -> images)).hasSize(24);
            assertThat(ImagePuller.lockedImages(file())).hasSize(12);
        }
    }

    @Test
    void manyTagsAreResolvedAndOneFailureStopsNoOther() {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            List<ImageOutcome<ResolvedReference>> outcomes =
                    puller.resolveAll(IMAGE, Fixture.NAMESPACE + "/team/gone:1", "not a reference", IMAGE);

            assertThat(outcomes).hasSize(4);
            assertThat(outcomes.get(0).orThrow().digest()).isEqualTo(digest(A));
            assertThat(outcomes.get(1).failure()).isNotNull();
            assertThat(outcomes.get(2).failure()).hasMessageContaining("not a reference");
            assertThat(outcomes.get(3).orThrow()).isEqualTo(outcomes.get(0).orThrow());
        }
        assertThat(mirror.requests().stream().filter(request -> request.path().contains("/team/app/")))
                .hasSize(1);
    }

    @Test
    void aPullerWithoutALockFileCannotEnforceIt() {
        assertThatThrownBy(() -> fixture.builder().locked(true).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("name one with lockFile");
        assertThatThrownBy(
                        () -> fixture.builder().lockMaxAge(Duration.ofHours(1)).build())
                .isInstanceOf(ConfigurationException.class);
    }
}
