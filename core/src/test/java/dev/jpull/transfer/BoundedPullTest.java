// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpOptions;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.Failover;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.resolve.Documents;
import dev.jpull.resolve.Resolver;
import dev.jpull.store.ImageStore;
import dev.jpull.testdata.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever sequence of delays and bytes a host sends: with a host behind it that is well, an image of 16 MB, from its tag to its
 * last layer, is there within a minute of virtual time; and without one, the download ends in some time as well.
 */
class BoundedPullTest {
    private static final int SIZE = 16 << 20;
    private static final byte[] CONTENT = new byte[SIZE];
    private static final ImageReference IMAGE = ImageReference.parse("registry.example/team/app:1");

    static {
        new Random(16).nextBytes(CONTENT);
    }

    @TempDir
    Path temporary;

    static IntStream seeds() {
        return IntStream.range(0, 120);
    }

    /** Hosts alone may take hours of virtual time, which take some real time. */
    static IntStream fewerSeeds() {
        return IntStream.range(0, 30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aPullWithAHostThatIsWellEndsWithinAMinute(int seed) {
        Random random = new Random(seed);
        Map<String, byte[]> blobs = blobs(random);
        VirtualHosts hosts = new VirtualHosts(blobs);
        hosts.host("first.example", new Adversary(random));
        hosts.host("second.example", new Adversary(new Random(seed + 1_000)));
        hosts.host("well.example", new Well());
        String mirrors = "[host.\"http://first.example\"]\n"
                + (random.nextInt(3) == 0 ? "[host.\"http://second.example\"]\n" : "");
        pull(blobs, hosts, mirrors);
        assertThat(Duration.ofNanos(hosts.getAsLong())).isLessThan(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @MethodSource("fewerSeeds")
    void aPullFromNoOtherHostEndsInTheEnd(int seed) {
        Random random = new Random(seed);
        Map<String, byte[]> blobs = blobs(random);
        VirtualHosts hosts = new VirtualHosts(blobs);
        hosts.host("well.example", new Adversary(random));
        try {
            pull(blobs, hosts, "");
        } catch (PullException e) {
            assertThat(e.attempts()).isNotEmpty();
        }
        // 16 MB at the least rate, and the pauses between attempts.
        assertThat(Duration.ofNanos(hosts.getAsLong())).isLessThan(Duration.ofHours(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_200, 2_000})
    void aHostAloneThatDripsIsGivenUpInMinutesWithAReason(int rate) {
        Descriptor blob = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, CONTENT);
        Map<String, byte[]> blobs = Map.of(blob.digest().toString(), CONTENT);
        VirtualHosts hosts = new VirtualHosts(blobs);
        hosts.host("well.example", steady(Math.max(1, rate / 4), Duration.ofMillis(rate < 4 ? 1_000 : 250)));
        assertThatThrownBy(() -> pullBlobs(blobs, hosts, ""))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("http://well.example: it sends only");
        assertThat(Duration.ofNanos(hosts.getAsLong())).isLessThan(Duration.ofMinutes(4));
        assertThat(ImageStore.open(temporary.resolve("store"), false).fetchedOf(blob))
                .as("what is kept")
                .isPositive();
    }

    @Test
    void aSlowHostAloneIsNotGivenUp() {
        byte[] small = Arrays.copyOf(CONTENT, 1 << 20);
        Descriptor blob = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, small);
        Map<String, byte[]> blobs = Map.of(blob.digest().toString(), small);
        VirtualHosts hosts = new VirtualHosts(blobs);
        hosts.host("well.example", steady(300, Duration.ofMillis(100)));
        pullBlobs(blobs, hosts, "");
        assertThat(Duration.ofNanos(hosts.getAsLong())).isGreaterThan(Duration.ofMinutes(5));
    }

    /** A host that ignores ranges and breaks off near the end: what it repeats brings nothing. */
    @Test
    void aHostThatRepeatsWhatIsThereIsLeft() {
        Descriptor blob = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, CONTENT);
        Map<String, byte[]> blobs = Map.of(blob.digest().toString(), CONTENT);
        VirtualHosts hosts = new VirtualHosts(blobs);
        hosts.host("first.example", new VirtualHosts.Script() {
            @Override
            public VirtualHosts.Head head(Request request) {
                return new VirtualHosts.Head(Duration.ZERO, false, 200, false, false);
            }

            @Override
            public VirtualHosts.Piece piece(long sent) {
                boolean first = hosts.getAsLong() < Duration.ofSeconds(1).toNanos();
                return first && sent > SIZE - 100_000
                        ? new VirtualHosts.Piece(Duration.ofSeconds(1), 0)
                        : new VirtualHosts.Piece(Duration.ofNanos(first ? 1 : 1_000_000), first ? 64 << 10 : 1 << 10);
            }
        });
        hosts.host("well.example", new Well());
        pullBlobs(blobs, hosts, "[host.\"http://first.example\"]\n");
        assertThat(Duration.ofNanos(hosts.getAsLong()))
                .as("two windows; to the end of what was there, it would have taken 17 s")
                .isLessThan(Duration.ofSeconds(11));
    }

    private static VirtualHosts.Script steady(int bytes, Duration delay) {
        return new VirtualHosts.Script() {
            @Override
            public VirtualHosts.Head head(Request request) {
                return new VirtualHosts.Head(Duration.ofMillis(100), false, 200, true, false);
            }

            @Override
            public VirtualHosts.Piece piece(long sent) {
                return new VirtualHosts.Piece(delay, bytes);
            }
        };
    }

    @Test
    void twoHostsOnOneSlowLineDoNotTakeTurns() {
        Descriptor blob = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, CONTENT);
        Map<String, byte[]> blobs = Map.of(blob.digest().toString(), CONTENT);
        VirtualHosts hosts = new VirtualHosts(blobs);
        int[] answers = {0, 0};
        Random jitter = new Random(1);
        for (int i = 0; i < 2; i++) {
            int host = i;
            hosts.host(i == 0 ? "first.example" : "well.example", new VirtualHosts.Script() {
                @Override
                public VirtualHosts.Head head(Request request) {
                    answers[host]++;
                    return new VirtualHosts.Head(Duration.ofMillis(200), false, 200, true, false);
                }

                @Override
                public VirtualHosts.Piece piece(long sent) {
                    return new VirtualHosts.Piece(Duration.ofMillis(20 + jitter.nextInt(80)), 4 << 10);
                }
            });
        }
        pullBlobs(blobs, hosts, "[host.\"http://first.example\"]\n");
        assertThat(Duration.ofNanos(hosts.getAsLong())).as("a line of 70 kB/s").isGreaterThan(Duration.ofMinutes(3));
        assertThat(answers[0] + answers[1]).as("requests").isLessThanOrEqualTo(4);
    }

    private static Map<String, byte[]> blobs(Random random) {
        int count = 1 + random.nextInt(random.nextBoolean() ? 3 : 24);
        Map<String, byte[]> blobs = new LinkedHashMap<>();
        int position = 0;
        for (int i = 0; i < count; i++) {
            int left = SIZE - position;
            int length = i == count - 1 ? left : 1 + random.nextInt(Math.max(1, 2 * left / (count - i) - 1));
            byte[] blob = Arrays.copyOfRange(CONTENT, position, position + Math.min(left, length));
            if (blob.length > 0) {
                blobs.put(
                        Descriptor.forContent(MediaType.OCI_LAYER_GZIP, blob)
                                .digest()
                                .toString(),
                        blob);
            }
            position += blob.length;
        }
        return blobs;
    }

    private void pull(Map<String, byte[]> blobs, VirtualHosts hosts, String mirrors) {
        pull(blobs, hosts, mirrors, true);
    }

    private void pullBlobs(Map<String, byte[]> blobs, VirtualHosts hosts, String mirrors) {
        pull(blobs, hosts, mirrors, false);
    }

    private void pull(Map<String, byte[]> blobs, VirtualHosts hosts, String mirrors, boolean manifests) {
        TestCertificates.write(
                temporary.resolve("certs.d/registry.example/hosts.toml"),
                "server = \"http://well.example\"\n" + mirrors);
        HttpOptions defaults = HttpOptions.defaults();
        HttpOptions options = new HttpOptions(
                Map.of(),
                null,
                defaults.credentials(),
                defaults.globalTls(),
                defaults.tls(),
                defaults.answerTimeout(),
                defaults.stallTimeout(),
                defaults.trustedRealms(),
                null,
                false,
                defaults.network(),
                null,
                null,
                List.of(hosts));
        try (HttpClients clients = new HttpClients(options);
                TransferPool pool = new TransferPool(new ConnectionBudget(1, 1, 1), false);
                Hedge hedge = new Hedge(hosts)) {
            List<RegistryEndpoint> endpoints = new ArrayList<>();
            new ContainerdHosts(List.of(temporary.resolve("certs.d")), HostDefaults.NONE, null)
                    .hostsFor("registry.example")
                    .hosts()
                    .forEach(host -> endpoints.add(new RegistryEndpoint(clients.endpoint(host), "registry.example")));
            Cancellation cancellation = new Cancellation();
            Failover failover = new Failover(new HostStates(hosts), hosts, attempt -> {}, cancellation, hedge);
            PullContext pull =
                    new PullContext(IMAGE, new ImageEndpoints(endpoints), failover, cancellation, EventSink.NONE);
            ImageStore store = ImageStore.open(temporary.resolve("store"), false);
            if (manifests) {
                readManifests(hosts, blobs, pull, store);
            }
            for (Map.Entry<String, byte[]> blob : blobs.entrySet()) {
                Descriptor descriptor =
                        new Descriptor(MediaType.OCI_LAYER_GZIP, Digest.parse(blob.getKey()), blob.getValue().length);
                new BlobDownload(pull, descriptor, pool.workers()).into(store);
                assertThat(store.has(descriptor)).isTrue();
            }
        }
    }

    /** What a pull reads before the blobs: the index that the tag names, and the manifest that the index names. */
    private static void readManifests(
            VirtualHosts hosts, Map<String, byte[]> blobs, PullContext pull, ImageStore store) {
        StringBuilder layers = new StringBuilder();
        blobs.forEach((digest, content) -> layers.append(layers.isEmpty() ? "" : ",")
                .append(descriptor(MediaType.OCI_LAYER_GZIP, digest, content)));
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"config\":"
                        + descriptor(
                                MediaType.OCI_CONFIG, Digest.sha256(new byte[0]).toString(), new byte[0])
                        + ",\"layers\":[" + layers + "]}")
                .getBytes(StandardCharsets.UTF_8);
        Descriptor wanted = Descriptor.forContent(MediaType.OCI_MANIFEST, manifest);
        byte[] index = ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":["
                        + descriptor(MediaType.OCI_MANIFEST, wanted.digest().toString(), manifest) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        hosts.add("1", index);
        hosts.add(wanted.digest().toString(), manifest);
        new Resolver(pull, response -> {}).open(new Documents(pull, store));
        new Documents(pull, store).read(wanted);
    }

    private static String descriptor(MediaType type, String digest, byte[] content) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + content.length + "}";
    }

    /** A host that does everything as it should. */
    private static final class Well implements VirtualHosts.Script {
        @Override
        public VirtualHosts.Head head(Request request) {
            return new VirtualHosts.Head(Duration.ofMillis(60), false, 200, true, false);
        }

        @Override
        public VirtualHosts.Piece piece(long sent) {
            return new VirtualHosts.Piece(Duration.ofMillis(1), 16 << 10);
        }
    }

    /**
     * A host that means harm: every request meets one of its ways, all of which stay just within some bound, or just outside. How
     * often it changes its way is random as well.
     */
    private static final class Adversary implements VirtualHosts.Script {
        private final Random random;
        private final double steady;
        private final boolean answers;
        private int way;
        private double rate;
        private long until;

        Adversary(Random random) {
            this.random = random;
            this.steady = random.nextDouble();
            this.answers = random.nextInt(4) == 0;
            change();
        }

        private void change() {
            way = random.nextInt(9);
            // From a byte a second to 10 MB/s, and often just at a bound.
            rate = switch (random.nextInt(4)) {
                case 0 -> 610_000;
                case 1 -> 1_100 + random.nextInt(2_000);
                default -> Math.pow(10, random.nextDouble() * 7);
            };
            until = (long) Math.pow(10, random.nextDouble() * 7);
        }

        @Override
        public VirtualHosts.Head head(Request request) {
            if (random.nextDouble() > steady) {
                change();
            }
            boolean ranges = random.nextInt(5) > 0;
            boolean corrupt = random.nextInt(25) == 0;
            Duration late = Duration.ofMillis((long) Math.pow(10, random.nextDouble() * 4.6));
            int status = answers || random.nextInt(6) > 0
                    ? 200
                    : List.of(0, 404, 429, 500, 503, 416).get(random.nextInt(6));
            boolean slow = random.nextInt(3) == 0;
            return new VirtualHosts.Head(
                    slow ? late : Duration.ofMillis(5), random.nextInt(4) == 0, status, ranges, corrupt);
        }

        @Override
        public VirtualHosts.Piece piece(long sent) {
            return switch (way) {
                case 0 -> atRate(1);
                case 1 -> atRate(1 + random.nextInt(8 << 10));
                case 2 -> new VirtualHosts.Piece(Duration.ofMillis(4_900), 1);
                case 3 -> sent >= until ? new VirtualHosts.Piece(Duration.ofMillis(10), 0) : atRate(16 << 10);
                case 4 -> sent >= until ? new VirtualHosts.Piece(Duration.ofHours(1), 1) : atRate(16 << 10);
                case 5 ->
                    random.nextInt(40) == 0
                            ? new VirtualHosts.Piece(Duration.ofMillis(random.nextInt(6_000)), 1)
                            : atRate(8 << 10);
                case 6 ->
                    new VirtualHosts.Piece(Duration.ofMillis((long) Math.pow(10, random.nextDouble() * 3.7)), (int)
                            Math.pow(10, random.nextDouble() * 4.2));
                case 7 -> sent < until ? new VirtualHosts.Piece(Duration.ofMillis(1), 16 << 10) : atRate(1);
                default -> sent < until ? atRate(1 + random.nextInt(1 << 10)) : atRate(16 << 10);
            };
        }

        private VirtualHosts.Piece atRate(int bytes) {
            return new VirtualHosts.Piece(Duration.ofNanos((long) (bytes * 1e9 / rate)), bytes);
        }
    }
}
