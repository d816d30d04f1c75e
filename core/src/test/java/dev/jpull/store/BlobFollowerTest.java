// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A blob is read while it comes into the store. */
class BlobFollowerTest {
    private static final int SIZE = 1 << 20;
    private static final byte[] CONTENT = new byte[SIZE];
    private static final byte[] WRONG = new byte[SIZE];

    static {
        new Random(13).nextBytes(CONTENT);
        new Random(14).nextBytes(WRONG);
    }

    private final Descriptor blob = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, CONTENT);
    private final AtomicInteger begun = new AtomicInteger();
    private final BlobFront front = new BlobFront(blob, begun::incrementAndGet);

    @TempDir
    Path temporary;

    private ImageStore store;

    @BeforeEach
    void open() {
        store = ImageStore.open(temporary, false);
    }

    private Ingest ingest() {
        Ingest ingest = store.ingest(blob, WaitControl.UNLIMITED).orElseThrow();
        ingest.tell(front);
        return ingest;
    }

    private static void write(Ingest ingest, byte[] content, int from, int to) {
        byte[] part = Arrays.copyOfRange(content, from, to);
        ingest.write(from, part, part.length);
    }

    private BlobFollower follower() {
        return store.follow(front, () -> false);
    }

    private CompletableFuture<byte[]> readAll(BlobFollower follower) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (follower) {
                        return follower.readAllBytes();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> new Thread(task).start());
    }

    @Test
    void itReadsUpToTheFrontAndEndsWhenTheDigestWasRight() throws Exception {
        try (Ingest ingest = ingest();
                BlobFollower follower = follower()) {
            assertThat(begun).hasValue(1);
            write(ingest, CONTENT, 0, 1000);
            assertThat(follower.readNBytes(1000)).isEqualTo(Arrays.copyOf(CONTENT, 1000));
            write(ingest, CONTENT, 5000, SIZE); // ahead of the front
            CompletableFuture<byte[]> rest = readAll(follower);
            write(ingest, CONTENT, 1000, 5000);
            assertThatThrownBy(() -> rest.get(50, TimeUnit.MILLISECONDS))
                    .as("all bytes are there, but not verified")
                    .isInstanceOf(TimeoutException.class);
            assertThat(ingest.commit()).isTrue();
            assertThat(rest.get(10, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOfRange(CONTENT, 1000, SIZE));
            assertThat(follower.mustStartAnew()).isFalse();
        }
        try (BlobFollower late = follower()) {
            assertThat(late.readAllBytes()).isEqualTo(CONTENT);
            assertThat(late.mustStartAnew()).isFalse();
        }
    }

    @Test
    void whatWasReadOfWrongContentIsReadAgain() throws Exception {
        try (Ingest ingest = ingest();
                BlobFollower follower = follower()) {
            write(ingest, WRONG, 0, SIZE);
            assertThat(follower.readNBytes(SIZE)).isEqualTo(WRONG);
            assertThat(ingest.commit()).isFalse();
            write(ingest, CONTENT, 0, SIZE);
            assertThatThrownBy(follower::read).isInstanceOf(IOException.class).hasMessageContaining("thrown away");
            assertThat(ingest.commit()).isTrue();
            assertThat(follower.mustStartAnew()).isTrue();
            try (BlobFollower again = follower()) {
                assertThat(again.readAllBytes()).isEqualTo(CONTENT);
                assertThat(again.mustStartAnew()).isFalse();
            }
        }
    }

    @Test
    void aReaderThatWaitsIsToldThatTheContentIsThrownAway() throws IOException {
        try (Ingest ingest = ingest();
                BlobFollower follower = follower()) {
            write(ingest, WRONG, 0, SIZE);
            follower.readNBytes(1000);
            CompletableFuture<byte[]> rest = readAll(follower);
            assertThat(ingest.commit()).isFalse();
            assertThatThrownBy(() -> rest.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void itGoesOnWithTheNextIngest() throws Exception {
        try (BlobFollower follower = follower()) {
            try (Ingest ingest = ingest()) {
                write(ingest, CONTENT, 0, 400_000);
                assertThat(follower.readNBytes(300_000)).isEqualTo(Arrays.copyOf(CONTENT, 300_000));
            }
            CompletableFuture<byte[]> rest = readAll(follower);
            try (Ingest ingest = ingest()) {
                assertThat(ingest.count()).isEqualTo(400_000);
                write(ingest, CONTENT, 400_000, SIZE);
                assertThat(ingest.commit()).isTrue();
            }
            assertThat(rest.get(10, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOfRange(CONTENT, 300_000, SIZE));
            assertThat(begun).hasValue(1);
        }
    }

    @Test
    void whatWasReadIsReadAgainWhenAnotherProcessEndedTheDownload() throws Exception {
        try (BlobFollower follower = follower()) {
            try (Ingest ingest = ingest()) {
                write(ingest, WRONG, 0, 400_000);
                follower.readNBytes(400_000);
                ingest.discard();
            }
            try (Ingest other = store.ingest(blob, WaitControl.UNLIMITED).orElseThrow()) {
                write(other, CONTENT, 0, SIZE);
                assertThat(other.commit()).isTrue();
            }
            front.present();
            assertThat(follower.mustStartAnew()).isTrue();
        }
        try (BlobFollower again = follower()) {
            assertThat(again.readAllBytes()).isEqualTo(CONTENT);
        }
    }

    @Test
    void theEndOfThePullEndsTheReading() {
        try (Ingest ingest = ingest()) {
            write(ingest, CONTENT, 0, 1000);
            CompletableFuture<byte[]> all = readAll(follower());
            front.end();
            assertThatThrownBy(() -> all.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(PullCancelledException.class);
            assertThatThrownBy(() -> follower().mustStartAnew()).isInstanceOf(PullCancelledException.class);
        }
    }

    @Test
    void manyReadersOfOneBlobReadTheSameWhileItIsWrittenInPieces() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Ingest ingest = ingest()) {
            CompletableFuture<byte[]> first = readAll(follower());
            CompletableFuture<byte[]> second = readAll(follower());
            int at = 0;
            while (at < SIZE) {
                int middle = Math.min(SIZE, at + 1 + random.nextInt(30_000));
                int end = Math.min(SIZE, middle + random.nextInt(30_000));
                write(ingest, CONTENT, middle, end);
                write(ingest, CONTENT, at, middle);
                at = end;
            }
            assertThat(ingest.commit()).as("seed " + seed).isTrue();
            assertThat(first.get(10, TimeUnit.SECONDS)).as("seed " + seed).isEqualTo(CONTENT);
            assertThat(second.get(10, TimeUnit.SECONDS)).as("seed " + seed).isEqualTo(CONTENT);
        }
    }
}
