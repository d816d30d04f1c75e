// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.RealServers;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that share a store, and processes that are killed. With the profile {@code soak} as many as a long night takes.
 */
class ManyProcessesIT {
    private static final boolean SOAK = Boolean.getBoolean("jpull.soak");
    private static final int KILLS = SOAK ? 200 : 8;
    private static final int PROCESSES = SOAK ? 16 : 4;
    private static final int PULLS = 20;
    private static final int LAYER = (SOAK ? 1000 : 40) << 20;
    private static final int SENT_TWICE = SOAK ? LAYER / 50 : 12 << 20;
    private static final Pattern LINE = Pattern.compile(".*\"GET (\\S+) HTTP[^\"]*\" (\\d+) (\\d+) .*");

    @TempDir
    static Path temporary;

    private static RealServers servers;
    private static int registry;
    private static TestImage image;
    private static int started;

    /** A line of the log of nginx. */
    private record Sent(String path, int status, long bytes) {}

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        servers = new RealServers(temporary);
        registry = servers.registry("registry", "");
        image = new ImageFactory(51)
                .image(
                        "linux/amd64",
                        new Layer(LAYER, Compression.NONE),
                        new Layer(1 << 20, Compression.GZIP),
                        new Layer(9_000, Compression.NONE));
        image.writeLayout(temporary.resolve("layout"), "app");
        servers.push(temporary.resolve("layout"), "app", registry, "team/app:1");
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    private static List<Sent> sent(String nginx) throws IOException {
        List<Sent> sent = new ArrayList<>();
        for (String line : Files.readAllLines(temporary.resolve(nginx).resolve("access.log"))) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                sent.add(new Sent(
                        matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3))));
            }
        }
        return sent;
    }

    private static PackagedCommand command() {
        return new PackagedCommand(temporary.resolve("process-" + started++));
    }

    private static Process jpull(int port, Path store, int times) throws IOException {
        List<String> args = new ArrayList<>(List.of("--store", store.toString(), "-q"));
        args.addAll(Collections.nCopies(times, "localhost:" + port + "/team/app:1"));
        return command().start(List.of(), args);
    }

    private static void assertEndsWell(Process process) throws InterruptedException {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void everyBlobIsRequestedOnceByManyProcessesTogether() throws Exception {
        int port = servers.nginx("shared-nginx", registry, "limit_rate 20m;");
        Path store = temporary.resolve("shared-store");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(jpull(port, store, PULLS));
        }
        for (Process process : processes) {
            assertEndsWell(process);
        }
        List<Sent> blobs = sent("shared-nginx").stream()
                .filter(line -> line.path().contains("/blobs/"))
                .toList();
        // A download begins with the whole; helpers, and who goes on, ask for ranges.
        Map<String, Long> wholes = blobs.stream()
                .filter(line -> line.status() == 200)
                .collect(Collectors.groupingBy(Sent::path, Collectors.counting()));
        assertThat(wholes).hasSize(image.blobs().size());
        assertThat(wholes.values()).containsOnly(1L);
        Map<String, Long> bytes =
                blobs.stream().collect(Collectors.groupingBy(Sent::path, Collectors.summingLong(Sent::bytes)));
        bytes.forEach((path, total) -> {
            long size = image.blob(path.substring(path.lastIndexOf('/') + 1)).length;
            // Of a large one, what was on the way when a helper took over is sent twice.
            assertThat(total).as(path).isBetween(size, size < 2 << 20 ? size : size + SENT_TWICE);
        });
        assertStoreIsRight(store);
    }

    @Test
    void aPullThatIsKilledAgainAndAgainEnds() throws Exception {
        int port = servers.nginx("killed-nginx", registry, SOAK ? "limit_rate 128k;" : "limit_rate 2m;");
        Path store = temporary.resolve("killed-store");
        Random random = new Random(7);
        int kills = 0;
        for (; kills < KILLS; kills++) {
            Process process = jpull(port, store, 1);
            if (process.waitFor(1200 + random.nextInt(900), TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue()).isZero();
                break;
            }
            process.destroyForcibly().waitFor();
        }
        assertThat(kills).isGreaterThanOrEqualTo(SOAK ? KILLS : 1);
        assertEndsWell(jpull(port, store, 1));
        long size =
                image.blobs().values().stream().mapToLong(blob -> blob.length).sum();
        long total = sent("killed-nginx").stream()
                .filter(line -> line.path().contains("/blobs/"))
                .mapToLong(Sent::bytes)
                .sum();
        // What a kill costs is what was on the way, and what was not written down.
        assertThat(total).isLessThan(size + (16L << 20) * (kills + 1));
        assertStoreIsRight(store);
        assertThat(store.resolve("ingest/sha256")).isEmptyDirectory();
    }

    private static void assertStoreIsRight(Path store) throws IOException, InterruptedException {
        PackagedCommand.Run verify = command().run("store", "verify", "--store", store.toString());
        assertThat(verify.exitCode()).as(verify.out()).isZero();
    }
}
