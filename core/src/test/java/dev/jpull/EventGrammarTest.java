// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullEvent.BlobEvent;
import dev.jpull.event.PullListener;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The events of real pulls match the regular expressions that the Javadoc of {@link PullListener} states. */
class EventGrammarTest extends MirroredImage {
    private static final Path JAVADOC = Path.of("src/main/java/dev/jpull/event/PullListener.java");
    private static final Pattern PULL = fromJavadoc("pull");
    private static final Pattern BLOB = fromJavadoc("blob");
    private static final TestImage CONTENT = new ImageFactory(3)
            .image(
                    "linux/amd64",
                    new Layer(400_000, Compression.NONE),
                    new Layer(60_000, Compression.GZIP),
                    new Layer(9_000, Compression.NONE));

    private final List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());

    EventGrammarTest() {
        super(CONTENT);
    }

    /** The expression that follows a label in the Javadoc, over several lines. */
    private static Pattern fromJavadoc(String label) {
        String text;
        try {
            text = Files.readString(JAVADOC);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher expression = Pattern.compile("(?m)^ \\* " + label + ": (.*(?:\\R \\* {6,}.*)*)")
                .matcher(text);
        assertThat(expression.find()).as("the expression of " + label).isTrue();
        return Pattern.compile(expression.group(1).replaceAll("(?m)^ \\*", ""), Pattern.COMMENTS);
    }

    /** Pulls the image, and returns the names of the events of that pull. */
    private String pull() {
        events.clear();
        try (ImagePuller puller = fixture.builder().listener(events::add).build()) {
            puller.pull(IMAGE);
        }
        assertGrammar();
        assertEveryBlobEnds();
        return names(events);
    }

    private static String names(Collection<? extends PullEvent> told) {
        return told.stream().map(event -> event.name() + " ").collect(Collectors.joining());
    }

    private void assertGrammar() {
        Instant newest = Instant.MIN;
        Map<Long, List<PullEvent>> pulls = new LinkedHashMap<>();
        for (PullEvent event : List.copyOf(events)) {
            assertThat(event.time()).isAfterOrEqualTo(newest);
            newest = event.time();
            pulls.computeIfAbsent(event.pull(), unseen -> new ArrayList<>()).add(event);
        }
        pulls.forEach((pull, told) -> {
            assertThat(names(told)).as("pull " + pull).matches(PULL);
            blobs(told)
                    .forEach((digest, ofBlob) ->
                            assertThat(names(ofBlob)).as(digest).matches(BLOB));
        });
    }

    private static Map<String, List<BlobEvent>> blobs(List<PullEvent> told) {
        Map<String, List<BlobEvent>> blobs = new LinkedHashMap<>();
        for (PullEvent event : told) {
            if (event instanceof BlobEvent ofBlob) {
                blobs.computeIfAbsent(ofBlob.digest().toString(), unseen -> new ArrayList<>())
                        .add(ofBlob);
            }
        }
        return blobs;
    }

    private String namesOf(String digest) {
        return names(blobs(events).getOrDefault(digest, List.of()));
    }

    private void assertEveryBlobEnds() {
        Map<String, List<BlobEvent>> blobs = blobs(events);
        assertThat(blobs).containsOnlyKeys(CONTENT.blobs().keySet());
        assertThat(blobs.values())
                .allSatisfy(told -> assertThat(names(told)).endsWith(" ").matches(".*(-present|-completed) "));
    }

    @Test
    void theGrammarRefusesWrongStreams() {
        assertThat("pull-started resolved pull-planned blob-queued pull-completed ")
                .matches(PULL);
        assertThat("pull-started resolved pull-failed ").matches(PULL);
        assertThat("pull-started resolved pull-completed ").doesNotMatch(PULL);
        assertThat("pull-started resolved blob-queued pull-planned pull-completed ")
                .doesNotMatch(PULL);
        assertThat("pull-started resolved pull-planned pull-planned pull-completed ")
                .doesNotMatch(PULL);
        assertThat("pull-started pull-completed ").doesNotMatch(PULL);
        assertThat("pull-started blob-queued pull-failed ").doesNotMatch(PULL);
        assertThat("pull-started pull-failed warning ").doesNotMatch(PULL);
        assertThat("blob-queued blob-completed ").matches(BLOB);
        assertThat("blob-started blob-completed ").doesNotMatch(BLOB);
        assertThat("blob-present blob-progress ").doesNotMatch(BLOB);
    }

    @Test
    void everyEventHasANameOfItsOwnThatTheGrammarKnows() throws ReflectiveOperationException {
        List<String> names = new ArrayList<>();
        for (Class<?> type : PullEvent.class.getDeclaredClasses()) {
            if (PullEvent.class.isAssignableFrom(type) && type.isRecord()) {
                names.add((String) type.getField("NAME").get(null));
            }
        }
        assertThat(names)
                .hasSize(15)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        name -> assertThat(PULL + " " + BLOB).contains(name.startsWith("layer-") ? "layer-" : name));
    }

    /** A new event breaks no listener: a switch over a sealed type would need no default branch. */
    @Test
    void eventsAreNotSealed() {
        assertThat(PullEvent.class.isSealed()).isFalse();
        assertThat(Arrays.stream(PullEvent.class.getDeclaredClasses())
                        .filter(type -> Modifier.isInterface(type.getModifiers()))
                        .filter(Class::isSealed))
                .isEmpty();
    }

    @Test
    void aFreshPull() {
        assertThat(pull()).contains("blob-queued ", "blob-started ", "blob-progress ", "blob-completed ");
    }

    @Test
    void aPullOfWhatIsInTheStore() {
        pull();
        assertThat(pull()).contains("blob-present ").doesNotContain("blob-queued ", "blob-completed ");
        assertThat(planned().presentBytes()).isEqualTo(planned().bytes());
    }

    private PullEvent.PullPlanned planned() {
        return events.stream()
                .filter(PullEvent.PullPlanned.class::isInstance)
                .map(PullEvent.PullPlanned.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void thePlanCountsBlobsAndBytesAndWhatIsPresent() throws IOException {
        long bytes =
                CONTENT.blobs().values().stream().mapToLong(blob -> blob.length).sum();
        pull();
        assertThat(planned().blobs()).isEqualTo(CONTENT.blobs().size());
        assertThat(planned().bytes()).isEqualTo(bytes);
        assertThat(planned().presentBytes()).isZero();
        String largest = CONTENT.largestBlob();
        Files.delete(fixture.blob(largest));
        pull();
        assertThat(planned().bytes()).isEqualTo(bytes);
        assertThat(planned().presentBytes())
                .isEqualTo(bytes - Objects.requireNonNull(CONTENT.blobs().get(largest)).length);
    }

    @Test
    void anImageOfAListThatHasNotChangedIsPlannedToo() {
        pull();
        for (String image : List.of(IMAGE, IMAGE + "@" + CONTENT.rootDigest())) {
            events.clear();
            try (ImagePuller puller = fixture.builder().listener(events::add).build()) {
                puller.sync(SyncRequest.of(ImageList.of(image)));
            }
            assertGrammar();
            assertThat(planned().presentBytes()).isEqualTo(planned().bytes()).isPositive();
        }
    }

    @Test
    void aResumedPull() {
        upstreamAlone();
        upstream.when(request -> request.isForBlob() && request.header("range") == null, Behaviour.cut(5_000));
        upstream.when(request -> request.header("range") != null, Behaviour.status(404));
        assertThatThrownBy(this::pull).isInstanceOf(PullException.class);
        upstream.behave();
        pull();
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                PullEvent.BlobQueued.class,
                                queued -> assertThat(queued.bytes()).isPositive()));
    }

    @Test
    void aPullWithRetriesAndFallbacks() {
        mirror.when(LoggedRequest::isForBlob, Behaviour.corrupt(50));
        assertThat(pull()).contains("fallback ", "blob-retry ");
    }

    @Test
    void aPullThatWaitsForAnotherPuller() throws Exception {
        upstreamAlone();
        String largest = CONTENT.largestBlob();
        upstream.when(request -> request.path().endsWith(largest), Behaviour.ORDINARY.atRate(200_000));
        CountDownLatch started = new CountDownLatch(1);
        try (ImagePuller other = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.BlobStarted blob
                            && blob.digest().toString().equals(largest)) {
                        started.countDown();
                    }
                })
                .build()) {
            CompletableFuture<PulledImage> first = other.pullAsync(PullRequest.of(IMAGE));
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            pull();
            first.get(20, TimeUnit.SECONDS);
        }
        assertThat(namesOf(largest)).matches("(blob-progress )+blob-present ");
    }

    @Test
    void aPullOfEmbeddedData() {
        Map.Entry<String, byte[]> layer = CONTENT.blobs().entrySet().stream()
                .filter(blob -> blob.getValue().length > 9_000 && blob.getValue().length < 30_000)
                .findFirst()
                .orElseThrow();
        TestImage.Document manifest = CONTENT.document(CONTENT.rootDigest());
        String digest = "\"digest\":\"" + layer.getKey() + "\"";
        String embedded = new String(manifest.content(), StandardCharsets.UTF_8)
                .replace(digest, digest + ",\"data\":\"" + Base64.getEncoder().encodeToString(layer.getValue()) + "\"");
        mirror.serveManifest("team/app", "1", manifest.mediaType(), embedded.getBytes(StandardCharsets.UTF_8));
        pull();
        assertThat(namesOf(layer.getKey())).isEqualTo("blob-queued blob-completed ");
    }

    @Test
    void aFailingPull() {
        upstreamAlone();
        upstream.when(LoggedRequest::isForBlob, Behaviour.status(404));
        assertThatThrownBy(this::pull).isInstanceOf(PullException.class);
        assertGrammar();
        assertThat(names(events))
                .startsWith("pull-started resolved pull-planned ")
                .endsWith("pull-failed ");
        events.clear();
        upstream.when(request -> true, Behaviour.status(404));
        assertThatThrownBy(this::pull).isInstanceOf(PullException.class);
        assertThat(names(events)).matches("pull-started (fallback )*pull-failed ");
    }

    @Test
    void aCancelledPull() throws Exception {
        upstreamAlone();
        upstream.when(LoggedRequest::isForBlob, Behaviour.stall(4_000));
        CountDownLatch progressed = new CountDownLatch(1);
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    events.add(event);
                    if (event instanceof PullEvent.BlobStarted) {
                        progressed.countDown();
                    }
                })
                .build()) {
            CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(IMAGE));
            assertThat(progressed.await(20, TimeUnit.SECONDS)).isTrue();
            pull.cancel(true);
        }
        assertGrammar();
        assertThat(names(events)).endsWith("pull-failed ").contains("blob-started ");
    }

    @Test
    void randomPulls() {
        Random random = new Random(30);
        for (int round = 0; round < 25; round++) {
            mirror.behave();
            upstream.behave();
            fault(random);
            fixture = new Fixture(temporary.resolve("round" + round));
            mirrored(fixture);
            events.clear();
            List<CompletableFuture<PulledImage>> pulls = new ArrayList<>();
            try (ImagePuller puller = fixture.builder()
                    .waits((pause, scope) -> {}, Duration.ofMillis(300))
                    .maxConcurrentDownloads(1 + random.nextInt(3))
                    .listener(random.nextBoolean() ? events::add : this::slowly)
                    .build()) {
                for (int i = 0; i < 3; i++) {
                    pulls.add(puller.pullAsync(PullRequest.of(random.nextInt(6) == 0 ? "No/Name" : IMAGE)));
                }
                if (random.nextInt(3) == 0) {
                    pulls.get(0).cancel(true);
                }
                pulls.forEach(pull -> pull.exceptionally(failure -> null).join());
            }
            assertGrammar();
            assertEndsAgree(pulls);
        }
    }

    /** A pull whose future has the image ended with {@code pull-completed}; a cancelled one may have as well. */
    private void assertEndsAgree(List<CompletableFuture<PulledImage>> pulls) {
        List<Long> completed = events.stream()
                .filter(PullEvent.PullCompleted.class::isInstance)
                .map(PullEvent::pull)
                .toList();
        for (int i = 0; i < pulls.size(); i++) {
            if (!pulls.get(i).isCompletedExceptionally()) {
                assertThat(completed).contains(i + 1L);
            } else if (!pulls.get(i).isCancelled()) {
                assertThat(completed).doesNotContain(i + 1L);
            }
        }
    }

    private void fault(Random random) {
        TestRegistry where = random.nextBoolean() ? mirror : upstream;
        switch (random.nextInt(6)) {
            case 0 -> where.when(LoggedRequest::isForBlob, Behaviour.cut(5_000), 1 + random.nextInt(6));
            case 1 -> where.when(LoggedRequest::isForBlob, Behaviour.corrupt(50));
            case 2 -> where.when(LoggedRequest::isForBlob, Behaviour.status(404));
            case 3 -> {
                mirror.when(request -> true, Behaviour.status(500));
                upstream.when(request -> true, Behaviour.status(500));
            }
            case 4 -> where.when(LoggedRequest::isForTag, Behaviour.drop());
            default -> where.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(3_000_000));
        }
    }

    private void slowly(PullEvent event) {
        events.add(event);
        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
}
