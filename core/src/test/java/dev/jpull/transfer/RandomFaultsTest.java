// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.hosts.Capability;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.registry.EventSink;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several blobs over many connections to two hosts that misbehave at random: all come, and nothing is left behind. */
class RandomFaultsTest {
    private static final TestImage CONTENT = new ImageFactory(52)
            .image(
                    "linux/amd64",
                    new Layer(14 << 20, Compression.NONE),
                    new Layer(10 << 20, Compression.NONE),
                    new Layer(300_000, Compression.NONE),
                    new Layer(2_000, Compression.NONE));
    private static final List<Behaviour> FAULTS = List.of(
            Behaviour.drop(),
            Behaviour.cut(0),
            Behaviour.cut(1_000_000),
            Behaviour.cut(10),
            Behaviour.status(429).header("Retry-After", "0"),
            Behaviour.status(503),
            Behaviour.status(500),
            Behaviour.ORDINARY.ignoringRange(),
            Behaviour.ORDINARY.withContentRange("bytes 7-9/10"),
            Behaviour.ORDINARY.inChunks());
    /** A host that does this twice is given up. */
    private static final List<Behaviour> LIES = List.of(Behaviour.corrupt(5), Behaviour.surplus(-1));

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    @Timeout(60)
    void allComesAndNothingIsLeftBehind(int seed) {
        Random random = new Random(seed);
        try (TestRegistry one = TestRegistry.start().serve("team/app", "1", CONTENT);
                TestRegistry two = TestRegistry.start().serve("team/app", "1", CONTENT);
                HttpClients clients = new HttpClients(HttpOptions.defaults())) {
            for (TestRegistry host : List.of(one, two)) {
                int lie = random.nextInt(6);
                for (int i = 0; i < 6; i++) {
                    List<Behaviour> faults = i == lie ? LIES : FAULTS;
                    Behaviour fault = faults.get(random.nextInt(faults.size()));
                    int nth = random.nextInt(3);
                    int[] seen = {0};
                    host.when(request -> request.isForBlob() && seen[0]++ >= nth, fault, 1);
                }
                host.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(6 << 20));
            }
            ConnectionBudget connections = new ConnectionBudget(6, 4, seed % 3 == 0 ? 0 : 3);
            List<RegistryEndpoint> hosts = hosts(one, two, clients);
            ImageEndpoints endpoints = new ImageEndpoints(hosts);
            Cancellation cancellation = new Cancellation();
            Failover failover =
                    new Failover(new HostStates(), (pause, within) -> {}, attempt -> {}, cancellation, null);
            ImageStore store = ImageStore.open(temporary.resolve("store"));
            PullContext pull = new PullContext(
                    ImageReference.parse("registry.example/team/app:1"),
                    endpoints,
                    failover,
                    cancellation,
                    EventSink.NONE);
            try (TransferPool pool = new TransferPool(connections, seed % 2 == 0)) {
                List<TransferPool.Task<BlobReport>> tasks = new ArrayList<>();
                for (byte[] blob : CONTENT.blobs().values()) {
                    Descriptor descriptor = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, blob);
                    BlobDownload download = new BlobDownload(pull, descriptor, pool.workers());
                    tasks.add(slot -> download.into(store, slot));
                }
                assertThat(pool.runAll(tasks, cancellation))
                        .hasSize(CONTENT.blobs().size())
                        .allSatisfy(report ->
                                assertThat(store.has(report.descriptor())).isTrue());
            }
            assertThat(connections.inFlight())
                    .as("connections that are still counted")
                    .isZero();
            assertThat(temporary.resolve("store/ingest/sha256")).isEmptyDirectory();
        }
    }

    private List<RegistryEndpoint> hosts(TestRegistry one, TestRegistry two, HttpClients clients) {
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"),
                "server = \"" + two.origin() + "\"\n[host.\"" + one.origin() + "\"]\n");
        return new ContainerdHosts(List.of(temporary.resolve("certs.d")), HostDefaults.NONE, null)
                .hostsFor("registry.example").hosts().stream()
                        .filter(host -> host.can(java.util.EnumSet.of(Capability.PULL)))
                        .map(host -> new RegistryEndpoint(clients.endpoint(host), "registry.example"))
                        .toList();
    }
}
