// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.image.Digest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The queue between a puller and its listener. */
class EventPumpTest {
    private static final Digest BLOB = Digest.sha256(new byte[] {1});
    private static final long SOON = Duration.ofSeconds(20).toNanos();

    private final List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch completed = new CountDownLatch(1);
    private final EngineThreads threads = new EngineThreads(Thread::new);
    private final EventPump pump = new EventPump(this::takeWhenReleased, threads, Clock.systemUTC());

    private void takeWhenReleased(PullEvent event) {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        events.add(event);
        if (event instanceof PullEvent.PullCompleted) {
            completed.countDown();
        }
    }

    private void deliver() {
        release.countDown();
        pump.close(System.nanoTime() + SOON);
        assertThat(threads.join(System.nanoTime() + SOON)).isTrue();
    }

    @Test
    void aListenerThatStandsStillFillsNoMemoryAndMissesNoEnd() throws InterruptedException {
        CallEvents told = new CallEvents(List.of(pump), 7, "a");
        told.started();
        for (int i = 0; i < 3 * PullListener.MAX_WAITING; i++) {
            String text = "warning " + i;
            told.emit(header -> new PullEvent.Warning(header, text));
        }
        told.completed(BLOB);
        told.emit(header -> new PullEvent.Warning(header, "after the end"));

        release.countDown();
        assertThat(completed.await(20, TimeUnit.SECONDS)).isTrue();
        deliver();

        assertThat(events).hasSizeBetween(1_000, PullListener.MAX_WAITING + 2);
        assertThat(events.get(0)).isInstanceOf(PullEvent.PullStarted.class);
        assertThat(events.get(events.size() - 1)).isInstanceOf(PullEvent.PullCompleted.class);
        assertThat(events).extracting(PullEvent::pull).containsOnly(7L);
    }

    @Test
    void mergedProgressComesWhereTheNewestOfItBelongs() {
        CallEvents one = new CallEvents(List.of(pump), 1, "a");
        CallEvents two = new CallEvents(List.of(pump), 2, "a");
        one.started();
        one.emit(header -> new PullEvent.BlobProgress(header, BLOB, 10, 100));
        two.emit(header -> new PullEvent.BlobProgress(header, BLOB, 50, 100));
        one.emit(header -> new PullEvent.Warning(header, "between"));
        one.emit(header -> new PullEvent.BlobProgress(header, BLOB, 20, 100));

        deliver();

        assertThat(events.stream().map(PullEvent::name).toList())
                .containsExactly("pull-started", "blob-progress", "warning", "blob-progress");
        assertThat(events.get(1)).isInstanceOfSatisfying(PullEvent.BlobProgress.class, progress -> {
            assertThat(progress.pull()).isEqualTo(2);
            assertThat(progress.bytes()).isEqualTo(50);
        });
        assertThat(((PullEvent.BlobProgress) events.get(3)).bytes()).isEqualTo(20);
        assertThat(events).extracting(PullEvent::time).isSorted();
    }
}
