// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the comparison and prints it as a table: medians of runs in turns, so that what else the machine does meets all alike.
 * Arguments: the launcher of jpull, the commands for libraries, how often each command is run, where the plot goes, and words
 * that choose scenarios. The environment variable JPULL_BEFORE names the launcher of an earlier build: that build takes the
 * place of the other pullers, so that one run says what a change costs.
 */
public final class Compare {
    private Compare() {}

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path launcher = Path.of(args[0]).toRealPath();
        String before = System.getenv("JPULL_BEFORE");
        List<Peer> others = before == null
                ? Peer.present(Path.of(args[1]).toRealPath())
                : List.of(Peer.jpullBefore(Path.of(before).toRealPath()));
        int rounds = Integer.parseInt(args[2]);
        Path plot = Path.of(args[3]);
        List<String> words = List.of(args).subList(4, args.length);
        Path directory = Files.createTempDirectory("jpull-compare-");
        // nginx that root started reads files as another user.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<Scenario, Map<String, Measurement>> results = new LinkedHashMap<>();
        try (Server server = Server.start(Files.createDirectories(directory.resolve("server")));
                DelayedLink far = new DelayedLink(server.plain(), 50)) {
            Map<String, ServedImage> images = new HashMap<>();
            for (Scenario scenario : Scenario.all()) {
                if (!words.isEmpty() && words.stream().noneMatch(scenario.toString()::contains)) {
                    continue;
                }
                ServedImage image = images.get(scenario.image());
                if (image == null) {
                    image = ServedImage.write(directory.resolve("server/www"), scenario.image(), scenario.layers());
                    images.put(scenario.image(), image);
                }
                int port = switch (scenario.way()) {
                    case LOOPBACK -> server.plain();
                    case TLS -> server.secure();
                    case LIMITED -> server.limited();
                    case FAR -> far.port();
                };
                System.err.println(scenario);
                results.put(scenario, run(scenario, image, port, launcher, others, rounds, directory));
            }
        } finally {
            FileTree.delete(directory);
        }
        System.out.print(Report.table(results, Peer.JPULL));
        if (words.isEmpty() && before == null) { // a part would take the place of the whole
            Files.writeString(plot, Report.plot(results));
        }
    }

    private static Map<String, Measurement> run(
            Scenario scenario,
            ServedImage image,
            int port,
            Path launcher,
            List<Peer> others,
            int rounds,
            Path directory)
            throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>(List.of(Peer.jpull(launcher)));
        boolean withPeers = System.getenv("JPULL_BEFORE") == null;
        if (withPeers && !scenario.warm()) {
            peers.add(Peer.jpullWithoutFlush(launcher));
        }
        peers.addAll(others);
        if (withPeers && !scenario.warm()) {
            peers.add(Peer.curl(image));
        }
        Map<String, List<Measurement>> runs = new LinkedHashMap<>();
        // Where the way is slow, it decides, and not what else the machine does.
        boolean slow = scenario.way() == Scenario.Way.LIMITED;
        for (int round = slow ? 1 : 0; round <= (slow ? Math.min(rounds, 2) : rounds); round++) {
            for (Peer peer : peers) {
                Path target = directory.resolve(peer.name().replace(' ', '-'));
                if (!scenario.warm() || round == 0) { // once there, it stays
                    FileTree.delete(target);
                    Files.createDirectories(target);
                }
                String command = peer.commandFor(
                        "localhost:" + port,
                        image.name(),
                        scenario.way() == Scenario.Way.TLS,
                        Server.ca(directory.resolve("server")),
                        target);
                Measurement measured = measure(peer, command, target, directory);
                if (round > 0) { // the first time fills caches
                    runs.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(measured);
                }
            }
        }
        for (Peer peer : peers) {
            FileTree.delete(directory.resolve(peer.name().replace(' ', '-')));
        }
        Map<String, Measurement> medians = new LinkedHashMap<>();
        runs.forEach((name, measured) -> medians.put(name, Measurement.median(measured)));
        return medians;
    }

    private static Measurement measure(Peer peer, String command, Path target, Path directory)
            throws IOException, InterruptedException {
        if (!peer.name().equals(Peer.CTR)) {
            return Measurement.of(command, directory);
        }
        try (Containerd daemon = Containerd.start(target)) {
            return daemon.with(Measurement.of(command, directory));
        }
    }
}
