// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.Remedy;
import dev.jpull.event.PullEvent;
import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are offline take an image from the store alone, in each of the calls. */
class OfflineTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(17)
            .image("linux/amd64", new Layer(40_000, Compression.GZIP), new Layer(900, Compression.NONE));

    private final Queue<PullEvent> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> network = new ConcurrentLinkedQueue<>();
    private ImagePuller puller;

    OfflineTest() {
        super(CONTENT);
    }

    @BeforeEach
    void pullOnce() {
        fixture.pull(IMAGE);
        mirror.clearLog();
        upstream.clearLog();
        // A configuration that cannot be used shows that it is not read.
        TestCertificates.write(fixture.directory().resolve("hosts.toml"), "server = 3\n");
        puller = fixture.builder()
                .listener(events::add)
                .network(new HttpOptions.Network() {
                    @Override
                    public List<InetAddress> lookup(String name) throws UnknownHostException {
                        network.add(name);
                        return HttpOptions.Network.SYSTEM.lookup(name);
                    }

                    @Override
                    public SocketAddress reach(SocketAddress address) {
                        network.add(String.valueOf(address));
                        return address;
                    }
                })
                .build();
    }

    @AfterEach
    void noNetwork() {
        puller.close();
        assertThat(network).isEmpty();
        assertThat(mirror.requests()).isEmpty();
        assertThat(upstream.requests()).isEmpty();
    }

    private static PullRequest offline() {
        return PullRequest.builder(IMAGE).offline(true).build();
    }

    @Test
    void aStoreThatNoPullHasMadeDoesNotHaveTheImage() throws IOException {
        Path absent = temporary.resolve("absent");
        Path empty = Files.createDirectories(temporary.resolve("empty"));
        for (Path directory : List.of(absent, empty)) {
            try (ImagePuller other = fixture.builder().store(directory).build()) {
                assertThatThrownBy(() -> other.pull(offline()))
                        .isInstanceOfSatisfying(
                                ImageNotFoundException.class,
                                failure -> assertThat(failure.remedies()).containsExactly(Remedy.PULL_IMAGE))
                        .hasMessage(IMAGE + " is not in the store " + directory + ": pull it first");
            }
        }
        assertThat(absent).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void aPullTellsWhatItFinds() {
        PulledImage image = puller.pull(offline());
        assertThat(image.digest()).hasToString(CONTENT.rootDigest());
        assertThat(image.bytesFetched()).isZero();
        assertThat(image.requests()).isZero();
        assertThat(image.pull()).isEqualTo(1);
        assertThat(events)
                .extracting(PullEvent::name)
                .containsExactly(
                        "pull-started",
                        "resolved",
                        "pull-planned",
                        "blob-present",
                        "blob-present",
                        "blob-present",
                        "pull-completed");
    }

    @Test
    void theOtherCallsTakeItToo() throws Exception {
        assertThat(puller.pullAsync(offline()).get().digest()).hasToString(CONTENT.rootDigest());
        assertThat(puller.pullAll(List.of(offline(), offline()))).hasSize(2);
        assertThat(puller.pull((PullRequest) SerializationTest.roundTrip(offline()))
                        .digest())
                .hasToString(CONTENT.rootDigest());
    }

    @Test
    void anArchiveIsWritten(@TempDir Path directory) throws IOException {
        Path archive = directory.resolve("image.tar");
        puller.pullAndExport(List.of(offline()), ExportRequest.builder().build(), archive);
        assertThat(Files.size(archive)).isGreaterThan(900);
    }

    @Test
    void whatIsNotThereIsAFailure() throws IOException {
        Files.delete(fixture.blob(CONTENT.largestBlob()));
        assertThatThrownBy(() -> puller.pull(offline()))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining(CONTENT.largestBlob());
        assertThatThrownBy(() -> puller.pull(PullRequest.builder(Fixture.NAMESPACE + "/team/other:1")
                        .offline(true)
                        .build()))
                .isInstanceOf(ImageNotFoundException.class);
        assertThat(events).extracting(PullEvent::name).containsSequence("pull-started", "pull-failed");
    }
}
