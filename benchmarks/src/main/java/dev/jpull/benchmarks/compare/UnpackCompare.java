// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares commands that pull an image and unpack it, and prints a table: medians of runs in turns, each with an empty store.
 * Arguments: the launcher of jpull, how often each command is run, and words that choose scenarios.
 */
public final class UnpackCompare {
    private static final String OWN = "jpull unpack";
    private static final long MIB = 1 << 20;

    private UnpackCompare() {}

    private record Image(String name, int layers, long layerSize) {
        @Override
        public String toString() {
            return layers == 1
                    ? "one layer of " + layerSize / MIB + " MiB"
                    : layers + " layers, " + layers * layerSize / MIB + " MiB";
        }
    }

    /** Runs the comparison. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path launcher = Path.of(args[0]).toRealPath();
        int rounds = Integer.parseInt(args[1]);
        List<String> words = List.of(args).subList(2, args.length);
        Map<String, Map<String, Runs>> results = new LinkedHashMap<>();
        try (Workplace workplace = new Workplace()) {
            Target server = Server.start(workplace).target(Way.LOOPBACK);
            for (Image wanted : List.of(new Image("typical", 8, 48 * MIB), new Image("big", 1, 1024 * MIB))) {
                if (!words.isEmpty() && words.stream().noneMatch(wanted.toString()::contains)) {
                    continue;
                }
                System.err.println("making " + wanted);
                Path root = Server.files(workplace);
                TreeImage.Written image = TreeImage.write(root, wanted.name, wanted.layers, wanted.layerSize);
                System.err.println("comparing " + wanted);
                List<Peer> peers = peers(launcher, image.served());
                results.put(wanted.toString(), run(image.served(), peers, server, rounds, workplace));
                if (wanted.layers == 1) {
                    String name = "one file of " + wanted;
                    Path store = pulled(launcher, image.served(), server, workplace);
                    List<Peer> readers = readers(image, store, server);
                    results.put(name, run(image.served(), readers, server, rounds, workplace));
                }
                FileTree.delete(root.resolve("v2").resolve(wanted.name));
            }
        }
        System.out.print(Report.table(results, OWN));
    }

    private static Map<String, Runs> run(
            ServedImage image, List<Peer> peers, Target server, int rounds, Workplace workplace)
            throws IOException, InterruptedException {
        Map<String, Runs> results = new LinkedHashMap<>();
        Path target = workplace.directory().resolve("target");
        for (int round = 0; round <= rounds; round++) {
            for (Peer peer : peers) {
                FileTree.delete(target);
                Files.createDirectories(target);
                Rounds.flush(workplace);
                Measurement measured = measure(peer, peer.commandFor(server, image.name(), target), target, workplace);
                if (round > 0) { // the first time fills caches
                    results.computeIfAbsent(peer.name(), name -> new Runs()).add(measured);
                    System.err.println(peer.name() + " " + measured);
                }
            }
        }
        FileTree.delete(target);
        return results;
    }

    private static Measurement measure(Peer peer, String command, Path target, Workplace workplace)
            throws IOException, InterruptedException {
        if (!peer.command().contains("ctr -a")) {
            return Measurement.of(workplace, List.of(), command);
        }
        try (Containerd daemon = Containerd.start(workplace, target)) {
            return daemon.with(Measurement.of(workplace, List.of(), command));
        }
    }

    /** A store that has the image. */
    private static Path pulled(Path launcher, ServedImage image, Target server, Workplace workplace)
            throws IOException, InterruptedException {
        Path store = workplace.directory().resolve("store");
        String command =
                launcher + " -q --plain-http --store " + store + " " + server.host() + "/" + image.name() + ":1";
        Measurement.of(workplace, List.of(), command);
        return store;
    }

    /** Commands that print one file, which is at the end of the only layer. */
    private static List<Peer> readers(TreeImage.Written image, Path store, Target server) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String blob = store + "/blobs/" + image.served().blobs().get(0).replace(':', '/');
        return List.of(
                plain(
                        OWN,
                        "exec " + java + " -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp "
                                + System.getProperty("java.class.path") + " " + ReadFile.class.getName() + " " + store
                                + " " + server.host() + "/" + image.served().name() + ":1 '" + image.lastFile()
                                + "'"),
                plain("pigz, tar", "pigz -dc " + blob + " | tar -xO '" + image.lastFile() + "'"));
    }

    private static List<Peer> peers(Path launcher, ServedImage image) {
        List<Peer> peers = new ArrayList<>();
        String jpull = "exec " + launcher + " -q {tls} --store {dir}/x ";
        peers.add(plain(OWN, jpull + "unpack {ref} {dir}/root"));
        peers.add(plain("jpull unpack --no-fsync", jpull + "--no-fsync unpack {ref} {dir}/root"));
        peers.add(plain("jpull unpack --inflate java", jpull + "--inflate java unpack {ref} {dir}/root"));
        peers.add(plain("jpull --snapshotter overlayfs", jpull + "--snapshotter overlayfs {ref}"));
        peers.add(plain("jpull --verify-layers", jpull + "--verify-layers {ref}"));
        peers.add(plain("jpull", jpull + "{ref}"));
        peers.add(plain("curl, pigz, tar", pipes(image)));
        if (Peers.find("skopeo").isPresent() && Peers.find("umoci").isPresent()) {
            peers.add(plain(
                    "skopeo, umoci",
                    "skopeo copy --src-tls-verify=false docker://{ref} oci:{dir}/x:1"
                            + " && umoci raw unpack --image {dir}/x:1 {dir}/root"));
        }
        if (Containerd.isUsable()) {
            peers.add(plain(
                    "ctr images pull",
                    "exec ctr -a " + Containerd.socket("{dir}") + " images pull --plain-http {ref} >/dev/null"));
        }
        return peers;
    }

    private static Peer plain(String name, String command) {
        return new Peer(name, command, "", name.startsWith("jpull") ? "--plain-http" : "");
    }

    /** The yardstick: two layers at a time through a pipe, without verifying anything, and without rules for whiteouts. */
    private static String pipes(ServedImage image) {
        List<String> layers = image.blobs().subList(0, image.blobs().size() - 1);
        return "mkdir {dir}/root && printf '%s\\n' " + String.join(" ", layers)
                + " | xargs -P 2 -I % sh -c 'curl -fsS {url}/v2/{repository}/blobs/% | pigz -d | tar -x -p -C {dir}/root'";
    }
}
