// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the commands of a scenario in turns, so that what else the machine does meets all alike. */
final class Rounds {
    private static final Duration FLUSH = Duration.ofMinutes(1);

    private final Workplace workplace;
    private final Ways ways;
    private final int rounds;

    Rounds(Workplace workplace, Ways ways, int rounds) {
        this.workplace = workplace;
        this.ways = ways;
        this.rounds = rounds;
    }

    /** Runs a scenario, and returns what came of it by the names of the commands. */
    Map<String, Runs> run(Scenario scenario, ServedImage image, List<Peer> peers)
            throws IOException, InterruptedException {
        Target target = ways.target(scenario.way(), image);
        Map<String, Runs> results = new LinkedHashMap<>();
        peers.forEach(peer -> results.put(peer.name(), new Runs()));
        // The first round, which fills caches, counts only where the way decides and not the caches.
        for (int round = scenario.fillsCaches() ? 0 : 1; round <= rounds; round++) {
            for (Peer peer : peers) {
                Runs runs = results.get(peer.name());
                boolean enough = peer.once() && (round > 1 || round == 0 && !scenario.warm());
                if (runs == null || !runs.error().isEmpty() || enough) {
                    continue;
                }
                Path directory = directory(peer);
                if (!scenario.warm() || !Files.exists(directory)) { // once there, it stays
                    FileTree.delete(directory);
                    Files.createDirectories(directory);
                }
                ways.repeat(scenario.way(), round);
                run(peer, target, image, round > 0, runs);
            }
        }
        for (Peer peer : peers) {
            FileTree.delete(directory(peer));
        }
        return results;
    }

    private void run(Peer peer, Target target, ServedImage image, boolean counts, Runs runs)
            throws IOException, InterruptedException {
        flush(workplace);
        long before = requests(target, false);
        long refusedBefore = requests(target, true);
        try {
            Measurement measured = measure(peer, target, image);
            if (counts) {
                runs.add(measured);
            }
        } catch (IOException e) {
            runs.fail(e.getMessage());
        }
        flush(workplace); // by then the server has written its log
        if (counts) {
            runs.count(requests(target, true) - refusedBefore, requests(target, false) - before);
        }
    }

    /** What an earlier command wrote must not reach the disk at the expense of the next one. */
    static void flush(Workplace workplace) throws IOException, InterruptedException {
        workplace.run(FLUSH, List.of("sync"));
    }

    private Measurement measure(Peer peer, Target target, ServedImage image) throws IOException, InterruptedException {
        Path directory = directory(peer);
        String command = peer.commandFor(target, image.name(), directory);
        if (!peer.name().equals(Peers.CTR)) {
            return Measurement.of(workplace, target.inside(), command);
        }
        try (Containerd daemon = Containerd.start(workplace, directory)) {
            return daemon.with(Measurement.of(workplace, target.inside(), command));
        }
    }

    private static long requests(Target target, boolean refused) throws IOException {
        if (target.statuses().isEmpty()) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(target.statuses().get())) {
            return lines.filter(status -> !refused || status.equals("429")).count();
        }
    }

    private Path directory(Peer peer) {
        return workplace.directory().resolve(peer.name().replaceAll("[^a-z0-9]+", "-"));
    }
}
