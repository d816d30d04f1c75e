// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that has a lock and does not get on: others are told, can be cancelled, and go on without it. */
@Timeout(300)
@DisabledOnOs(OS.WINDOWS)
class StoreLockTest {
    private static final byte[] CONTENT = "content of a blob that two processes want".getBytes(StandardCharsets.UTF_8);
    private static final Descriptor BLOB = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, CONTENT);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path root;

    private ImageStore open(Duration index, Duration stalled) {
        return ImageStore.open(root, true, new LockLimits(Duration.ofMillis(50), index, stalled));
    }

    /** Waits until it is told what it waits for, and notes it. */
    private static final class Told implements WaitControl {
        private final List<String> texts = new ArrayList<>();
        private final boolean givesUp;

        Told(boolean givesUp) {
            this.givesUp = givesUp;
        }

        @Override
        public boolean isCancelled() {
            return givesUp && !texts.isEmpty();
        }

        @Override
        public void waitsFor(String text) {
            texts.add(text);
        }
    }

    private void complete(Ingest ingest) {
        try (ingest) {
            ingest.write(0, CONTENT, CONTENT.length);
            assertThat(ingest.commit()).isTrue();
        }
        assertThat(root.resolve("blobs/sha256").resolve(BLOB.digest().hex())).hasBinaryContent(CONTENT);
    }

    @Test
    void theWaitForTheIndexIsToldAndCanBeCancelled() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        try (HoldingProcess other = HoldingProcess.ofIndex(root)) {
            other.stop();
            Told told = new Told(true);
            assertThatThrownBy(() -> store.index(told).put("name", BLOB, Map.of(), () -> true))
                    .isInstanceOf(PullCancelledException.class);
            assertThat(told.texts)
                    .singleElement()
                    .asString()
                    .contains("waiting for another process (pid " + other.pid() + " on ", root.toString());
        }
    }

    @Test
    void theWaitForTheIndexEndsWithTheNameOfTheHolder() throws Exception {
        ImageStore store = open(Duration.ofMillis(300), NEVER);
        try (HoldingProcess other = HoldingProcess.ofIndex(root)) {
            other.stop();
            assertThatThrownBy(() -> store.index().put("name", BLOB, Map.of(), () -> true))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("locked by another process (pid " + other.pid() + " on ")
                    .hasMessageContaining("end it");
            assertThatThrownBy(() -> new StoreCleaner(store).remove(List.of("name")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("pid " + other.pid());
            assertThat(store.index().list()).as("reading needs no lock").isEmpty();
        }
    }

    @Test
    void theWaitForTheIndexCanBeInterrupted() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        try (HoldingProcess other = HoldingProcess.ofIndex(root)) {
            other.stop();
            CountDownLatch waiting = new CountDownLatch(1);
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    store.index(() -> {
                                waiting.countDown();
                                return false;
                            })
                            .put("name", BLOB, Map.of(), () -> true);
                    interrupted.complete(false);
                } catch (PullCancelledException e) {
                    interrupted.complete(Thread.currentThread().isInterrupted());
                }
            });
            thread.start();
            waiting.await();
            thread.interrupt();
            assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aLockWhoseHolderWasKilledIsFree() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        HoldingProcess index = HoldingProcess.ofIndex(root);
        index.stop();
        index.kill();
        assertThat(store.index().put("name", BLOB, Map.of(), () -> true)).isTrue();
        HoldingProcess blob = HoldingProcess.ofBlob(root, CONTENT);
        blob.stop();
        blob.kill();
        try (Ingest ingest = store.ingest(BLOB, () -> false).orElseThrow()) {
            assertThat(ingest.count()).as("what the killed process left").isEqualTo(CONTENT.length / 2);
        }
    }

    @Test
    void aBlobIsFetchedBesideAProcessThatIsStopped() throws Exception {
        ImageStore store = open(NEVER, Duration.ofMillis(400));
        try (HoldingProcess other = HoldingProcess.ofBlob(root, CONTENT)) {
            other.stop();
            Told told = new Told(false);
            complete(store.ingest(BLOB, told).orElseThrow());
            assertThat(told.texts)
                    .hasSize(2)
                    .allSatisfy(text -> assertThat(text)
                            .contains(
                                    "another process (pid " + other.pid(),
                                    BLOB.digest().toString()));
            assertThat(other.finish())
                    .as("it goes on and commits the same blob")
                    .isZero();
        }
        assertThat(store.has(BLOB)).isTrue();
        assertThat(root.resolve("ingest/sha256")).isEmptyDirectory();
    }

    @Test
    void anIngestBesideAnotherLeavesNothingWhenItIsGivenUp() throws Exception {
        ImageStore store = open(NEVER, Duration.ofMillis(100));
        try (HoldingProcess other = HoldingProcess.ofBlob(root, CONTENT)) {
            other.stop();
            try (Ingest ingest = store.ingest(BLOB, () -> false).orElseThrow()) {
                ingest.write(3, CONTENT, 3);
            }
        }
        try (Stream<Path> left = Files.list(root.resolve("ingest/sha256"))) {
            assertThat(left).as("that of the other process").hasSize(1);
        }
    }

    @Test
    void theWaitForABlobCanBeCancelled() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        try (HoldingProcess other = HoldingProcess.ofBlob(root, CONTENT)) {
            other.stop();
            Told told = new Told(true);
            assertThat(store.ingest(BLOB, told)).isEmpty();
            assertThat(told.texts).hasSize(1);
        }
    }

    @Test
    void noOtherBlobWaits() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        try (HoldingProcess other = HoldingProcess.ofBlob(root, CONTENT)) {
            other.stop();
            char last = BLOB.digest().hex().charAt(13) == '0' ? '1' : '0';
            String alike = BLOB.digest().hex().substring(0, 13)
                    + last
                    + BLOB.digest().hex().substring(14);
            Descriptor neighbour = new Descriptor(MediaType.OCI_LAYER_GZIP, Digest.parse("sha256:" + alike), 5);
            try (Ingest ingest = store.ingest(neighbour, () -> true).orElseThrow()) {
                assertThat(ingest.count()).isZero();
            }
            assertThat(store.index().put("name", neighbour, Map.of(), () -> true))
                    .isTrue();
        }
    }

    @Test
    void aFailureLeavesNoLock() throws IOException {
        ImageStore store = open(NEVER, NEVER);
        Path partial = root.resolve("ingest/sha256").resolve(BLOB.digest().hex());
        Files.createDirectory(partial);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> store.ingest(BLOB, () -> true)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.index().put("name", BLOB, Map.of(), () -> {
                        throw new StackOverflowError();
                    }))
                    .isInstanceOf(StackOverflowError.class);
        }
        Files.delete(partial);
        complete(store.ingest(BLOB, () -> true).orElseThrow());
        try (Stream<Path> marks = Files.list(root.resolve("ingest/locks"))) {
            assertThat(marks).as("only the lock file").hasSize(1);
        }
    }

    @Test
    void aNameThatAnotherUserPlantedBesideTheLockIsHarmlessInTheMessage() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        try (HoldingProcess other = HoldingProcess.ofIndex(root)) {
            other.stop();
            Files.createFile(root.resolve("ingest/index.lock.0.1@\u001b[31m\n\u202eevil"));
            Told told = new Told(true);
            assertThatThrownBy(() -> store.index(told).put("name", BLOB, Map.of(), () -> true))
                    .isInstanceOf(PullCancelledException.class);
            assertThat(told.texts.get(0)).doesNotContain("\u001b", "\n", "\u202e");
        }
    }

    @Test
    void whatAnotherUserPutsInThePlaceOfTheNoteFailsNothing() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        boolean named = store.index().put("name", BLOB, Map.of(), () -> {
            try (Stream<Path> files = Files.list(root.resolve("ingest"))) {
                for (Path file : files.filter(
                                file -> file.getFileName().toString().startsWith("index.lock."))
                        .toList()) {
                    Files.delete(file);
                    Files.createDirectory(file);
                    Files.createFile(file.resolve("full"));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
        assertThat(named).isTrue();
        assertThat(store.index().put("other", BLOB, Map.of(), () -> true)).isTrue();
    }

    @Test
    void aProcessHasEachLockOfAFileOnce() throws Exception {
        ImageStore store = open(NEVER, NEVER);
        try (StoreDirectory locks = store.tree().locks()) {
            LockFile one = LockFile.enter(locks, "blobs.lock");
            assertThat(one.tryLock(7)).isTrue();
            assertThat(one.tryLock(7)).isFalse();
            assertThat(one.tryLock(8)).isTrue();
            one.unlock(7);
            assertThat(one.tryLock(7)).isTrue();
            one.leave();
        }
    }
}
