// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReadAheadStreamTest {
    private final AtomicReference<Thread> producer = new AtomicReference<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "producer");
        thread.setDaemon(true);
        producer.set(thread);
        return thread;
    });

    @AfterEach
    void shutDown() {
        executor.shutdownNow();
    }

    @Test
    void allBytesArriveInOrderWhateverTheSizes() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] content = new byte[random.nextInt(5000)];
            random.nextBytes(content);
            Source source = new Source(Streams.inPieces(content, 1 + random.nextInt(400)));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (InputStream stream =
                    ReadAheadStream.start(source, executor, 2 + random.nextInt(4), 1 + random.nextInt(300))) {
                byte[] buffer = new byte[1 + random.nextInt(1000)];
                for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                    out.write(buffer, 0, read);
                }
                assertThat(stream.read()).isEqualTo(-1);
            }
            assertThat(out.toByteArray()).as("seed %d, round %d", seed, round).isEqualTo(content);
            assertThat(source.closed).isTrue();
        }
    }

    @Test
    void noMoreIsReadThanTheBuffersHold() throws Exception {
        Source source = new Source(new ByteArrayInputStream(new byte[100_000]));
        try (InputStream stream = ReadAheadStream.start(source, executor, 3, 1000)) {
            awaitWaiting();
            assertThat(source.count).isEqualTo(3000);
            assertThat(stream.readNBytes(1001)).hasSize(1001);
            awaitCount(source, 4000);
            awaitWaiting();
            assertThat(source.count).isEqualTo(4000);
        }
        assertThat(source.closed).isTrue();
    }

    private void awaitWaiting() {
        while (producer.get() == null || producer.get().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static void awaitCount(Source source, int count) {
        while (source.count < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void closingEndsASourceThatWaits() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Source source = new Source(new ByteArrayInputStream(new byte[0])) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException();
                }
                return -1;
            }
        };
        InputStream stream = ReadAheadStream.start(source, executor);
        awaitWaiting();

        stream.close();

        assertThat(source.closed).isTrue();
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("closed");
        assertThat(executor.submit(() -> Thread.currentThread().isInterrupted()).get())
                .as("the interrupt stays with the task")
                .isFalse();
    }

    @Test
    void closingBeforeTheTaskRunsClosesTheSource() throws IOException {
        Source source = new Source(new ByteArrayInputStream(new byte[10]));
        List<Runnable> tasks = new ArrayList<>();
        ReadAheadStream.start(source, tasks::add).close();
        assertThat(source.closed).isTrue();

        tasks.get(0).run();
        assertThat(source.count).isZero();
    }

    @Test
    void anExecutorThatRefusesClosesTheSource() {
        Source source = new Source(new ByteArrayInputStream(new byte[10]));
        executor.shutdown();

        assertThatThrownBy(() -> ReadAheadStream.start(source, executor))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(source.closed).isTrue();
    }

    @Test
    void failuresFollowTheBytesBeforeThem() throws IOException {
        for (Throwable failure : List.of(
                new DecodeException("damaged"), new IllegalStateException("a defect"), new StackOverflowError())) {
            Source source = new Source(new ByteArrayInputStream(new byte[5])) {
                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int read = super.read(buffer, offset, length);
                    if (read < 0) {
                        sneak(failure);
                    }
                    return read;
                }
            };
            try (InputStream stream = ReadAheadStream.start(source, executor, 2, 100)) {
                assertThat(stream.readNBytes(5)).hasSize(5);
                assertThatThrownBy(stream::read).isSameAs(failure);
                assertThatThrownBy(stream::read).isSameAs(failure);
            }
            assertThat(source.closed).isTrue();
        }
    }

    private static void sneak(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) failure;
    }

    @Test
    void anInterruptEndsTheReader() throws IOException {
        CountDownLatch ready = new CountDownLatch(1);
        Source source = new Source(new ByteArrayInputStream(new byte[0])) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                try {
                    ready.await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                return -1;
            }
        };
        try (InputStream stream = ReadAheadStream.start(source, executor)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(stream::read).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(source.closed).isTrue();
    }

    @Test
    void anInterruptOfTheProducerReachesTheReader() throws IOException {
        Source source = new Source(new ByteArrayInputStream(new byte[1 << 20]));
        try (InputStream stream = ReadAheadStream.start(source, executor, 2, 100)) {
            awaitWaiting();
            executor.shutdownNow();
            assertThatThrownBy(stream::readAllBytes).isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void aSourceThatCannotBeClosedIsReported() throws IOException {
        IOException broken = new IOException("the disk is gone");
        InputStream stream = ReadAheadStream.start(
                new FilterInputStream(new ByteArrayInputStream(new byte[3])) {
                    @Override
                    public void close() throws IOException {
                        throw broken;
                    }
                },
                executor);

        assertThat(stream.readAllBytes()).hasSize(3);
        assertThatThrownBy(stream::close).isSameAs(broken);
    }

    @Test
    void buffersHaveRanges() {
        for (int[] wrong : new int[][] {{1, 100}, {2, 0}}) {
            assertThatThrownBy(() -> ReadAheadStream.start(InputStream.nullInputStream(), executor, wrong[0], wrong[1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Counts, and says when it is closed. */
    private static class Source extends FilterInputStream {
        volatile int count;
        final AtomicBoolean closed = new AtomicBoolean();

        Source(InputStream in) {
            super(in);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // only the producer writes
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count += Math.max(read, 0);
            return read;
        }

        @Override
        public void close() throws IOException {
            closed.set(true);
            super.close();
        }
    }
}
