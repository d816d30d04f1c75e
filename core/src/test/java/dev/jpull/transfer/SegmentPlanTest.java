// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.store.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to whom, every byte is somebody's once, and in the end all were fetched. */
class SegmentPlanTest {
    private static final long MIB = 1 << 20;

    private long now;

    private SegmentPlan segments(ByteRange... missing) {
        return new SegmentPlan(List.of(missing), 1, () -> now);
    }

    private static Segment taken(@Nullable Segment segment) {
        return Objects.requireNonNull(segment);
    }

    @Test
    void aSmallBlobIsNotSplit() {
        SegmentPlan segments = segments(new ByteRange(0, SegmentPlan.WORTH_A_CUT - 1));
        Segment all = taken(segments.takeOrSplit());
        now += SegmentPlan.WORTH_THE_TIME * 5;
        assertThat(segments.hasRoom(false)).isFalse();
        assertThat(segments.takeOrSplit()).isNull();
        assertThat(segments.claim(all, 100)).isEqualTo(100);
    }

    @Test
    void whatIsThroughSoonIsNotSplit() {
        SegmentPlan segments = segments(new ByteRange(0, 100 * MIB));
        Segment all = taken(segments.takeOrSplit());
        now += SegmentPlan.WORTH_THE_TIME / 10;
        segments.claim(all, (int) (50 * MIB));
        assertThat(segments.takeOrSplit()).isNull();
        now += SegmentPlan.WORTH_THE_TIME;
        assertThat(segments.takeOrSplit()).isNotNull();
    }

    @Test
    void helpersTakeTheEndOfTheSameSegmentAgainAndAgain() {
        SegmentPlan segments = segments(new ByteRange(0, 1024 * MIB));
        Segment first = taken(segments.takeOrSplit());
        now += SegmentPlan.WORTH_THE_TIME;
        for (int i = 1; i <= 4; i++) {
            Segment piece = taken(segments.takeOrSplit());
            assertThat(segments.end(piece)).isEqualTo((1024 - 64 * (i - 1)) * MIB);
            assertThat(segments.position(piece)).isEqualTo((1024 - 64 * i) * MIB);
            assertThat(segments.end(first)).isEqualTo(segments.position(piece));
        }
    }

    @Test
    void aStreamThatDripsLosesWhatItHasLeftWhenTheOthersAreFaster() {
        SegmentPlan segments = segments(new ByteRange(0, 3 * MIB), new ByteRange(4 * MIB, 7 * MIB));
        Segment dripping = taken(segments.takeOrSplit());
        int[] ended = {0};
        segments.whenTaken(dripping, () -> ended[0]++);
        Segment quick = taken(segments.takeOrSplit());
        for (int second = 0; second < 2; second++) {
            assertThat(segments.takeOrSplit()).as("after " + second + " s").isNull();
            now += SegmentPlan.STRAGGLES / 2;
            segments.claim(quick, (int) (3 * MIB / 2));
            segments.claim(dripping, 1_000);
        }
        segments.leave(quick);
        assertThat(segments.hasRoom(false)).isTrue();
        Segment rest = taken(segments.takeOrSplit());
        assertThat(segments.position(rest)).isEqualTo(2_000);
        assertThat(segments.end(rest)).isEqualTo(3 * MIB);
        assertThat(ended[0]).as("its stream is ended").isOne();
        assertThat(segments.claim(dripping, 1_000))
                .as("what comes late is not its own")
                .isZero();
    }

    @Test
    void streamsThatAreEquallySlowKeepWhatTheyHave() {
        SegmentPlan segments = segments(new ByteRange(0, 3 * MIB), new ByteRange(4 * MIB, 7 * MIB));
        Segment one = taken(segments.takeOrSplit());
        Segment other = taken(segments.takeOrSplit());
        for (int i = 0; i < 1_000; i++) {
            now += SegmentPlan.STRAGGLES / 2;
            segments.claim(one, 1_000);
            segments.claim(other, 1_300);
            assertThat(segments.takeOrSplit()).isNull();
        }
        segments.leave(other);
    }

    @Test
    void whatSomebodyLeavesIsForTheNextOne() {
        SegmentPlan segments = segments(new ByteRange(0, 100));
        Segment broken = taken(segments.take());
        segments.claim(broken, 30);
        segments.leave(broken);
        assertThat(segments.isDone()).isFalse();
        Segment next = taken(segments.take());
        assertThat(segments.position(next)).isEqualTo(30);
        assertThat(segments.end(next)).isEqualTo(100);
    }

    @Test
    void aStreamThatGoesOnTakesWhatAHelperLeft() {
        SegmentPlan segments = segments(new ByteRange(0, 100 * MIB));
        Segment first = taken(segments.takeOrSplit());
        now += SegmentPlan.WORTH_THE_TIME;
        Segment helper = taken(segments.takeOrSplit());
        long middle = segments.position(helper);
        segments.claim(helper, 10);
        segments.leave(helper);
        segments.extend(first, 100 * MIB);
        assertThat(segments.end(first)).as("bytes lie between").isEqualTo(middle);
        Segment rest = taken(segments.take());
        segments.leave(rest);
        assertThat(segments.position(rest)).isEqualTo(middle + 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyByteIsFetchedOnceWhateverBreaks(int seed) {
        Random random = new Random(seed);
        int mib = 20 + random.nextInt(40);
        long size = mib * MIB;
        List<ByteRange> missing = new ArrayList<>();
        for (long at = 0; at < size; at += 5 * MIB) {
            missing.add(new ByteRange(at + random.nextInt(1000), Math.min(size, at + (1 + random.nextInt(4)) * MIB)));
        }
        if (random.nextBoolean()) {
            missing = List.of(new ByteRange(0, size));
        }
        byte[] times = new byte[(int) size];
        SegmentPlan segments = new SegmentPlan(missing, 1 + seed % 4, () -> now);
        List<Segment> running = new ArrayList<>();
        int steps = 0;
        while (!segments.isDone()) {
            assertThat(steps++).as("progress is made").isLessThan(100_000);
            now += SegmentPlan.WORTH_A_REQUEST / 3;
            if (running.size() < 6 && random.nextInt(3) > 0) {
                Segment next = random.nextInt(4) == 0 ? segments.take() : segments.takeOrSplit();
                if (next != null) {
                    running.add(next);
                }
            }
            if (running.isEmpty()) {
                continue;
            }
            Segment one = running.get(random.nextInt(running.size()));
            long position = segments.position(one);
            int own = segments.claim(one, random.nextInt((int) (MIB / 2)));
            for (int i = 0; i < own; i++) {
                times[(int) position + i]++;
            }
            if (random.nextInt(4) == 0) {
                segments.extend(one, size);
            }
            if (segments.position(one) == segments.end(one) || random.nextInt(10) == 0) {
                segments.leave(one);
                running.remove(one);
            }
        }
        byte[] wanted = new byte[(int) size];
        for (ByteRange range : missing) {
            for (long at = range.start(); at < range.end(); at++) {
                wanted[(int) at] = 1;
            }
        }
        assertThat(times).isEqualTo(wanted);
    }
}
