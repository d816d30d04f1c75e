// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        Path directory = Files.createTempDirectory("jpull-unpack-");
        // nginx that root started reads files as another user.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, Map<String, Measurement>> results = new LinkedHashMap<>();
        try (Server server = Server.start(Files.createDirectories(directory.resolve("server")))) {
            for (Image wanted : List.of(new Image("typical", 8, 48 * MIB), new Image("big", 1, 1024 * MIB))) {
                if (!words.isEmpty() && words.stream().noneMatch(wanted.toString()::contains)) {
                    continue;
                }
                System.err.println("making " + wanted);
                Path root = directory.resolve("server/www");
                TreeImage.Written image = TreeImage.write(root, wanted.name, wanted.layers, wanted.layerSize);
                System.err.println("comparing " + wanted);
                List<Peer> peers = peers(launcher, image.served());
                results.put(wanted.toString(), run(image.served(), peers, server.plain(), rounds, directory));
                if (wanted.layers == 1) {
                    String name = "one file of " + wanted;
                    Path store = pulled(launcher, image.served(), server.plain(), directory);
                    List<Peer> readers = readers(image, store, server.plain());
                    results.put(name, run(image.served(), readers, server.plain(), rounds, directory));
                }
                FileTree.delete(root.resolve("v2").resolve(wanted.name));
            }
        } finally {
            FileTree.delete(directory);
        }
        System.out.print(Report.table(results, OWN));
    }

    private static Map<String, Measurement> run(
            ServedImage image, List<Peer> peers, int port, int rounds, Path directory)
            throws IOException, InterruptedException {
        Map<String, List<Measurement>> runs = new LinkedHashMap<>();
        Path target = directory.resolve("target");
        for (int round = 0; round <= rounds; round++) {
            for (Peer peer : peers) {
                FileTree.delete(target);
                Files.createDirectories(target);
                flush();
                String command = peer.commandFor(
                        "localhost:" + port, image.name(), false, Server.ca(directory.resolve("server")), target);
                Measurement measured = measure(peer, command, target, directory);
                if (round > 0) { // the first time fills caches
                    runs.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(measured);
                    System.err.println(peer.name() + " " + measured);
                }
            }
        }
        FileTree.delete(target);
        Map<String, Measurement> medians = new LinkedHashMap<>();
        runs.forEach((name, measured) -> medians.put(name, Measurement.median(measured)));
        return medians;
    }

    /** What an earlier command wrote must not reach the disk at the expense of the next one. */
    private static void flush() throws IOException, InterruptedException {
        new ProcessBuilder("sync").inheritIO().start().waitFor();
    }

    private static Measurement measure(Peer peer, String command, Path target, Path directory)
            throws IOException, InterruptedException {
        if (!peer.command().contains("ctr -a")) {
            return Measurement.of(command, directory);
        }
        try (Containerd daemon = Containerd.start(target)) {
            return daemon.with(Measurement.of(command, directory));
        }
    }

    /** A store that has the image. */
    private static Path pulled(Path launcher, ServedImage image, int port, Path directory)
            throws IOException, InterruptedException {
        Path store = directory.resolve("store");
        Measurement.of(
                launcher + " -q --plain-http --store " + store + " localhost:" + port + "/" + image.name() + ":1",
                directory);
        return store;
    }

    /** Commands that print one file, which is at the end of the only layer. */
    private static List<Peer> readers(TreeImage.Written image, Path store, int port) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String blob = store + "/blobs/" + image.served().blobs().get(0).replace(':', '/');
        return List.of(
                plain(
                        OWN,
                        "exec " + java + " -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp "
                                + System.getProperty("java.class.path") + " " + ReadFile.class.getName() + " " + store
                                + " localhost:" + port + "/" + image.served().name() + ":1 '" + image.lastFile()
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
        if (Peer.find("skopeo").isPresent() && Peer.find("umoci").isPresent()) {
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
