// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.store.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The segment plan of a blob of 1 GiB: 24 connections deliver 128 KiB in turns, and split the rest at the end. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class SegmentPlanBenchmark {
    private static final long SIZE = 1L << 30;
    private static final int PIECE = 128 << 10;
    private static final int CONNECTIONS = 24;
    private static final long NANOS_PER_TURN = 3_000_000;

    private long now;

    /** From the first byte to the last; returns how many segments there were. */
    @Benchmark
    public int wholeBlob() {
        now = 0;
        SegmentPlan segments = new SegmentPlan(List.of(new ByteRange(0, SIZE)), 1, () -> now);
        List<Segment> running = new ArrayList<>();
        int taken = 0;
        while (!segments.isDone()) {
            now += NANOS_PER_TURN;
            while (running.size() < CONNECTIONS) {
                Segment next = segments.takeOrSplit();
                if (next == null) {
                    break;
                }
                running.add(next);
                taken++;
            }
            running.removeIf(segment -> {
                long left = segments.end(segment) - segments.position(segment);
                segments.claim(segment, (int) Math.min(PIECE, left));
                if (segments.position(segment) < segments.end(segment)) {
                    return false;
                }
                segments.leave(segment);
                return true;
            });
        }
        return taken;
    }
}
