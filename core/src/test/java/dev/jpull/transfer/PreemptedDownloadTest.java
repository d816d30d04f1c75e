// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.Attempt;
import dev.jpull.event.PullEvent;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.ImageStore;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download whose slot goes to another pull keeps what it has, goes on there, and blames no host. */
class PreemptedDownloadTest {
    private static final TestImage CONTENT =
            new ImageFactory(72).image("linux/amd64", new Layer(900_000, Compression.NONE));

    @TempDir
    Path temporary;

    @Test
    void itGoesOnWhereItWas() throws Exception {
        byte[] layer = CONTENT.blob(CONTENT.largestBlob());
        Descriptor descriptor = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, layer);
        List<Attempt> departures = new CopyOnWriteArrayList<>();
        try (TestRegistry registry = TestRegistry.start().serve("team/app", "1", CONTENT);
                HttpClients clients = new HttpClients(HttpOptions.defaults());
                TransferPool pool = new TransferPool(new ConnectionBudget(1, 1, 1), false)) {
            registry.when(LoggedRequest::isForBlob, Behaviour.stall(300_000), 1);
            TestCertificates.write(
                    temporary.resolve("certs.d/registry.example/hosts.toml"),
                    "server = \"" + registry.origin() + "\"\n");
            List<RegistryEndpoint> endpoints = new ContainerdHosts(
                            List.of(temporary.resolve("certs.d")), HostDefaults.NONE, null)
                    .hostsFor("registry.example").hosts().stream()
                            .map(host -> new RegistryEndpoint(clients.endpoint(host), "registry.example"))
                            .toList();
            Cancellation cancellation = new Cancellation();
            Failover failover =
                    new Failover(new HostStates(), (pause, within) -> {}, departures::add, cancellation, null);
            ImageStore store = ImageStore.open(temporary.resolve("store"), false);
            DownloadSlot slot = new DownloadSlot(0);
            PullEvent.Header header = new PullEvent.Header(1, Instant.EPOCH, "registry.example/team/app:1");
            PullContext pull = new PullContext(
                    ImageReference.parse("registry.example/team/app:1"),
                    new ImageEndpoints(endpoints),
                    failover,
                    cancellation,
                    event -> {
                        if (event.apply(header) instanceof PullEvent.BlobProgress) {
                            slot.preempt();
                        }
                    });
            BlobDownload download = new BlobDownload(pull, descriptor, pool.workers());
            assertThatThrownBy(() -> download.into(store, slot)).isInstanceOf(SlotPreemptedException.class);
            long kept = store.fetchedOf(descriptor);
            assertThat(kept).isPositive();

            BlobReport report = download.into(store, new DownloadSlot(0));

            assertThat(store.has(descriptor)).isTrue();
            assertThat(report.bytesFetched()).isEqualTo(layer.length);
            assertThat(report.bytesResumed())
                    .as("no earlier pull left anything")
                    .isZero();
            assertThat(report.retries()).isZero();
            assertThat(registry.requests().get(1).header("range")).isEqualTo("bytes=" + kept + "-");
            assertThat(departures).isEmpty();
        }
    }
}
