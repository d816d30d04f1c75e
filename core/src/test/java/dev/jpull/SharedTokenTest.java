// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.ScriptedHost.Phase;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A token server that takes its time with the first request: what waits for that, and what does not. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedTokenTest {
    private static final TestImage CONTENT =
            new ImageFactory(89).image("linux/amd64", new Layer(3_000, Compression.NONE));

    @TempDir
    Path temporary;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger tokens = new AtomicInteger();
    private ScriptedHost host;
    private ImagePuller puller;

    @BeforeEach
    void start() throws IOException {
        host = new ScriptedHost(CONTENT, Set.of(), Phase.TOKEN, this::answer);
        Fixture fixture = new Fixture(temporary).hosts("server = \"" + host.origin() + "\"");
        puller = fixture.builder().build();
    }

    @AfterEach
    void stop() throws IOException {
        released.countDown();
        puller.close();
        host.close();
    }

    private void answer(OutputStream out, byte @Nullable [] content, String type) throws IOException {
        if (tokens.incrementAndGet() == 1) {
            asked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        byte[] token = "{\"token\":\"t\"}".getBytes(StandardCharsets.UTF_8);
        ScriptedHost.head(out, "200 OK", token.length, "Content-Type: application/json");
        out.write(token);
    }

    private CompletableFuture<PulledImage> pull(String repository) {
        return puller.pullAsync(PullRequest.of(Fixture.NAMESPACE + "/" + repository + ":1"));
    }

    @Test
    void anotherRepositoryDoesNotWait() throws Exception {
        CompletableFuture<PulledImage> slow = pull("team/slow");
        asked.await();
        assertThat(pull("team/fast").get().chainId()).isNotNull();
        assertThat(slow).isNotDone();
        released.countDown();
        assertThat(slow.get().chainId()).isNotNull();
    }

    @Test
    void theSameRepositorySharesTheRequest() throws Exception {
        CompletableFuture<PulledImage> first = pull("team/app");
        asked.await();
        CompletableFuture<PulledImage> second = pull("team/app");
        released.countDown();
        assertThat(first.get().chainId()).isNotNull();
        assertThat(second.get().chainId()).isNotNull();
        assertThat(tokens).hasValue(1);
    }

    @Test
    void aPullThatWaitsTakesOverFromOneThatIsCancelled() throws Exception {
        CompletableFuture<PulledImage> first = pull("team/app");
        asked.await();
        CompletableFuture<PulledImage> second = pull("team/app");
        first.cancel(true);
        assertThat(second.get().chainId()).isNotNull();
        assertThat(tokens).hasValue(2);
    }

    @Test
    void bothEndAtOnceWhenThePullerCloses() throws Exception {
        CompletableFuture<PulledImage> first = pull("team/app");
        asked.await();
        CompletableFuture<PulledImage> second = pull("team/app");
        puller.close();
        assertThat(first).failsWithin(java.time.Duration.ofSeconds(30));
        assertThat(second).failsWithin(java.time.Duration.ofSeconds(30));
    }
}
