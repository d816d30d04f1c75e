// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a meter makes of sequences of events. */
class ProgressMeterTest {
    private static final Digest ROOT = digest("root");

    private long now = 1_000_000_000;
    private final ProgressMeter meter = new ProgressMeter(() -> now);

    private static Digest digest(String name) {
        return Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * An event as {@code PULL:WHAT}: {@code start}, {@code plan(blobs,bytes,present)}, {@code end}, {@code fail}, or of a blob
     * {@code queued(blob,bytes,total)}, {@code from}, {@code at}, {@code retry}, {@code present(blob,total)}, {@code done(blob,total)}.
     */
    private static PullEvent event(String text) {
        String[] parts = text.split("[:(,)]");
        long pull = Long.parseLong(parts[0]);
        PullEvent.Header header = new PullEvent.Header(pull, Instant.EPOCH, "image-" + pull);
        String what = parts[1];
        if (parts.length == 2) {
            return switch (what) {
                case "start" -> new PullEvent.PullStarted(header);
                case "end" -> new PullEvent.PullCompleted(header, ROOT);
                case "fail" -> new PullEvent.PullFailed(header, "a test");
                default -> throw new IllegalArgumentException(text);
            };
        }
        if (what.equals("plan")) {
            return new PullEvent.PullPlanned(header, number(parts[2]), number(parts[3]), number(parts[4]));
        }
        Digest digest = digest(parts[2]);
        long first = number(parts[3]);
        long total = parts.length > 4 ? number(parts[4]) : first;
        Attempt attempt = new Attempt("h", "u", "blob", AttemptKind.NOT_FOUND, 0, "broken", Duration.ZERO);
        return switch (what) {
            case "present" -> new PullEvent.BlobPresent(header, digest, total);
            case "queued" -> new PullEvent.BlobQueued(header, digest, new MediaType("x/y"), first, total);
            case "from" -> new PullEvent.BlobStarted(header, digest, first, total, "https://h");
            case "at" -> new PullEvent.BlobProgress(header, digest, first, total);
            case "retry" -> new PullEvent.BlobRetry(header, digest, first, total, attempt, Duration.ZERO);
            case "done" -> new PullEvent.BlobCompleted(header, digest, total, total, "https://h");
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private void tell(String script) {
        for (String each : script.strip().split("\\s+")) {
            meter.onEvent(event(each));
        }
    }

    private static String text(ProgressMeter.Progress progress) {
        return progress.bytes() + "/" + progress.total() + (progress.totalKnown() ? "" : "+");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            1:start                                                                     | 0/0+   | 1 0/0+
            1:start 1:plan(2,100,0)                                                     | 0/100  | 1 0/100
            1:start 1:plan(2,100,30)                                                    | 0/70   | 1 30/100
            1:start 1:plan(2,100,30) 1:present(a,30)                                    | 30/100 | 1 30/100
            1:start 1:plan(2,100,30) 1:present(a,30) 1:queued(b,10,70)                  | 40/100 | 1 40/100
            1:start 1:plan(1,70,0) 1:queued(b,10,70) 1:from(b,10,70) 1:at(b,50,70)      | 50/70  | 1 50/70
            1:start 1:plan(1,70,0) 1:queued(b,0,70) 1:at(b,50,70) 1:retry(b,0,70)       | 50/70  | 1 50/70
            1:start 1:plan(1,70,0) 1:queued(b,0,70) 1:at(b,50,70) 1:from(b,0,70) 1:at(b,20,70) | 50/70 | 1 50/70
            1:start 1:plan(1,70,0) 1:queued(b,0,70) 1:done(b,70)                        | 70/70  | 1 70/70
            1:start 1:plan(1,70,0) 1:queued(b,0,70) 1:done(b,70) 1:queued(b,0,70)       | 70/70  | 1 70/70
            1:start 1:plan(1,70,0) 1:queued(b,0,70) 1:done(b,70) 1:end                  | 70/70  |
            1:start 1:plan(1,70,0) 1:at(b,20,70) 1:present(b,70)                        | 70/70  | 1 70/70
            1:start 1:plan(1,70,0) 1:done(b,70) 1:queued(other,5,8)                     | 75/78  | 1 75/78
            1:start 1:plan(1,70,0) 1:at(b,20,70) 1:fail                                 | 20/20  |
            1:start 2:start 1:plan(1,70,0)                                              | 0/70+  | 1 0/70, 2 0/0+
            1:start 2:start 1:plan(1,70,0) 2:plan(2,90,0) 1:at(b,9,70) 2:at(b,9,70)     | 9/90   | 1 9/70, 2 9/90
            1:start 2:start 1:plan(1,70,0) 2:plan(2,90,0) 1:at(b,9,70) 2:at(b,8,70) 1:fail | 9/90 | 2 8/90
            1:start 2:start 1:plan(1,70,0) 2:plan(2,90,0) 1:done(b,70) 1:end 2:present(b,70) | 70/90 | 2 70/90
            1:start 1:plan(1,70,0) 1:done(b,70) 1:end 2:start 2:plan(1,70,70)           | 0/0    | 2 70/70
            1:queued(b,10,70) 1:end                                                     | 0/0    |
            """)
    void bytesAndTotals(String script, String all, String images) {
        tell(script);
        ProgressMeter.Snapshot snapshot = meter.snapshot();
        assertThat(text(snapshot.all())).isEqualTo(all);
        assertThat(snapshot.images().stream()
                        .map(image -> image.pull() + " " + text(image.progress()))
                        .collect(Collectors.joining(", ")))
                .isEqualTo(images == null ? "" : images);
    }

    /** As two pullers count: a meter is for one puller, and different images are told apart nevertheless. */
    @Test
    void equalNumbersOfDifferentImagesAreDifferentPulls() {
        PullEvent.Header first = new PullEvent.Header(1, Instant.EPOCH, "first");
        PullEvent.Header second = new PullEvent.Header(1, Instant.EPOCH, "second");
        meter.onEvent(new PullEvent.PullStarted(first));
        meter.onEvent(new PullEvent.PullPlanned(first, 1, 70, 0));
        meter.onEvent(new PullEvent.PullStarted(second));
        meter.onEvent(new PullEvent.PullPlanned(second, 1, 90, 0));
        meter.onEvent(new PullEvent.BlobProgress(first, digest("a"), 10, 70));
        meter.onEvent(new PullEvent.PullFailed(second, "a test"));
        assertThat(meter.snapshot().images())
                .singleElement()
                .satisfies(image ->
                        assertThat(image.image() + " " + text(image.progress())).isEqualTo("first 10/70"));
    }

    @Test
    void theRateAndTheRemainingTimeFollowTheBytes() {
        tell("1:start 1:plan(1,1000000,0) 1:queued(b,0,1000000)");
        now += Duration.ofSeconds(30).toNanos(); // the resolution is no transfer
        tell("1:from(b,0,1000000)");
        assertThat(meter.snapshot().all().bytesPerSecond()).isZero();
        assertThat(meter.snapshot().all().remaining()).isNull();
        for (int i = 1; i <= 10; i++) {
            now += Duration.ofMillis(500).toNanos();
            tell("1:at(b," + i * 50_000 + ",1000000)");
        }
        ProgressMeter.Progress half = meter.snapshot().all();
        assertThat(half.bytesPerSecond()).isBetween(95_000L, 110_000L);
        assertThat(half.remaining()).isBetween(Duration.ofMillis(4_500), Duration.ofMillis(5_300));
        assertThat(meter.snapshot().images().get(0).progress()).isEqualTo(half);
        now += Duration.ofSeconds(15).toNanos();
        assertThat(meter.snapshot().all().bytesPerSecond())
                .as("falls while nothing comes")
                .isLessThan(10_000);
        tell("1:done(b,1000000)");
        assertThat(meter.snapshot().all().remaining()).isZero();
    }

    @Test
    void whatWasThereBeforeIsNoRate() {
        tell("1:start 1:plan(2,200,100) 1:present(a,100) 1:queued(b,90,100) 1:from(b,90,100)");
        now += Duration.ofSeconds(1).toNanos();
        tell("1:at(b,95,100)");
        assertThat(meter.snapshot().all().bytesPerSecond()).isBetween(4L, 6L);
    }

    /** Bytes never go back within a burst, and never exceed the total, whatever the order of events. */
    @Test
    void bytesAreMonotoneInRandomOrders() {
        Random random = new Random(17);
        for (int round = 0; round < 300; round++) {
            tell("0:start");
            long before = 0;
            for (int i = 0; i < 60; i++) {
                int pull = 1 + random.nextInt(3);
                int blob = random.nextInt(4);
                int total = 100 + blob;
                int bytes = random.nextInt(total + 1);
                String ofBlob = "(" + blob + "," + bytes + "," + total + ")";
                tell(pull + ":"
                        + switch (random.nextInt(9)) {
                            case 0 -> "start";
                            case 1 -> random.nextInt(4) == 0 ? "end" : "fail";
                            case 2 -> "plan(4,406," + 100 * random.nextInt(2) + ")";
                            case 3 -> "present(" + blob + "," + total + ")";
                            case 4 -> "queued" + ofBlob;
                            case 5 -> "from" + ofBlob;
                            case 6 -> "done(" + blob + "," + total + ")";
                            default -> "at" + ofBlob;
                        });
                ProgressMeter.Snapshot snapshot = meter.snapshot();
                assertThat(snapshot.all().bytes())
                        .isBetween(before, snapshot.all().total());
                before = snapshot.all().bytes();
                assertThat(snapshot.images())
                        .allSatisfy(image -> assertThat(image.progress().bytes())
                                .isBetween(0L, image.progress().total()));
            }
            tell("1:end 2:end 3:end 0:end");
            assertThat(meter.snapshot().images()).isEmpty();
        }
    }
}
