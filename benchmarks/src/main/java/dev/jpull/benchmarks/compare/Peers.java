// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The commands of a comparison, as far as the machine has their programs. */
final class Peers {
    static final String JPULL = "jpull";
    static final String CRANE = "crane";
    static final String CRANE_SYNC = "crane, then sync";
    static final String CTR = "ctr";

    /** A program that may be missing, by the names that it has: the newest first. */
    private record Program(Peer peer, List<String> names) {
        Optional<Peer> found() {
            return names.stream()
                    .flatMap(name -> find(name).stream())
                    .findFirst()
                    .map(path -> peer.withProgram(path));
        }
    }

    // The authority of the server is that of the system for programs in Go that have no option for it.
    private static final Program FASTEST = new Program(
            new Peer(
                    CRANE, "{tls} exec {program} pull --insecure --format=oci {ref} {dir}/x", "SSL_CERT_FILE={ca}", ""),
            List.of("crane"));

    private static final List<Program> PROGRAMS = List.of(
            new Program(
                    new Peer(
                            "oras",
                            "exec {program} copy {tls} {ref} --to-oci-layout {dir}/x:1",
                            "--from-plain-http=false --from-ca-file {ca}",
                            "--from-plain-http"),
                    List.of("oras")),
            new Program(
                    new Peer(
                            "skopeo",
                            "{tls} docker://{ref} oci:{dir}/x:1",
                            "SSL_CERT_FILE={ca} exec {program} copy",
                            "exec {program} copy --src-tls-verify=false"),
                    List.of("skopeo-new", "skopeo")),
            new Program(
                    new Peer(
                            CTR,
                            // To containerd, localhost speaks TLS only when it is configured to.
                            "mkdir -p {dir}/certs.d/{host} && printf '[host.\"{url}\"]\\nca = \"{ca}\"\\n'"
                                    + " >{dir}/certs.d/{host}/hosts.toml && exec {program} -a "
                                    + Containerd.socket("{dir}") + " content fetch {tls} {ref} >/dev/null",
                            "--hosts-dir {dir}/certs.d",
                            "--plain-http"),
                    List.of("ctr-new", "ctr")));

    private final Path launcher;
    private final Optional<Path> before;
    private final Optional<Peer> crane = FASTEST.found();
    private final List<Peer> programs;
    private final List<Peer> libraries;

    /**
     * The commands of this machine.
     *
     * @param launcher that of jpull
     * @param before the launcher of an earlier build, which takes the place of the other pullers
     * @param libraries the small commands for libraries, in a fresh Java each
     */
    Peers(Path launcher, Optional<Path> before, Path libraries) {
        this.launcher = launcher;
        this.before = before;
        this.programs = PROGRAMS.stream()
                .flatMap(program -> program.found().stream())
                .filter(peer -> !peer.name().equals(CTR) || Containerd.isUsable())
                .toList();
        this.libraries = List.of(
                new Peer("jib-core", java(libraries, "jib") + " {ref} {dir}", "", "").runOnce(),
                new Peer("oras-java", java(libraries, "oras") + " {ref} {dir} {tls}", "true", "false").runOnce());
    }

    /** Where the machine has a program. */
    static Optional<Path> find(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The programs that the machine does not have, or that it may not use. */
    List<String> missing() {
        return Stream.concat(Stream.of(FASTEST), PROGRAMS.stream())
                .map(program -> program.peer.name())
                .filter(name -> Stream.concat(crane.stream(), programs.stream())
                        .noneMatch(peer -> peer.name().equals(name)))
                .toList();
    }

    /** The commands of a scenario, jpull first. */
    List<Peer> of(Scenario scenario, ServedImage image) {
        List<Peer> peers = new ArrayList<>(List.of(jpull(JPULL, launcher, "")));
        if (before.isPresent()) {
            peers.add(jpull("jpull before", before.get(), ""));
            return peers;
        }
        Way way = scenario.way();
        if (way == Way.TLS) {
            peers.add(withTlsOfJava(jpull("jpull, TLS of Java", launcher, "")));
        }
        if (way.isLink() || way.isThrottled() || way == Way.LIMITED) {
            peers.add(jpull("jpull, 3 downloads", launcher, "--max-concurrent-downloads 3"));
        }
        if (way == Way.LOOPBACK && !scenario.warm()) {
            peers.add(jpull("jpull --no-fsync", launcher, "--no-fsync"));
        }
        crane.ifPresent(peers::add);
        if (!scenario.warm() && (way == Way.LOOPBACK || way == Way.REGISTRY)) {
            crane.map(Peers::flushed).ifPresent(peers::add);
        }
        if (scenario.hasAllCommands()) {
            peers.addAll(programs);
            peers.addAll(libraries);
            if (!scenario.warm()) {
                peers.add(curl(image));
            }
        }
        return scenario.isSlow() ? withOthersOnce(peers) : peers;
    }

    private static List<Peer> withOthersOnce(List<Peer> peers) {
        return peers.stream()
                .map(peer -> peer.name().equals(JPULL) ? peer : peer.runOnce())
                .toList();
    }

    private static Peer jpull(String name, Path launcher, String more) {
        return new Peer(
                name,
                "exec " + launcher + " -q " + more + " {tls} --store {dir}/x {ref}",
                "--tlscacert {ca}",
                "--plain-http");
    }

    private static Peer withTlsOfJava(Peer jpull) {
        return new Peer(jpull.name(), "JPULL_TLS=jsse " + jpull.command(), jpull.tls(), jpull.plain());
    }

    /** As durable as what jpull stores. */
    private static Peer flushed(Peer crane) {
        return new Peer(CRANE_SYNC, crane.command().replace("exec ", "") + " && sync", crane.tls(), crane.plain());
    }

    private static String java(Path libraries, String peer) {
        Path built = libraries.resolve(peer).resolve("target");
        return "exec " + Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:+UseSerialGC -cp '" + built
                + "/classes:" + built + "/lib/*' Pull";
    }

    /** The yardstick: the bytes and their hashes, by three connections at a time, without knowing what an image is. */
    private static Peer curl(ServedImage image) {
        StringBuilder command = new StringBuilder(
                "cd {dir} && curl -fsSZ --parallel-max 3 {tls} {url}/v2/{repository}/manifests/1 -o m");
        for (String blob : image.blobs()) {
            command.append(" {url}/v2/{repository}/blobs/")
                    .append(blob)
                    .append(" -o ")
                    .append(blob.replace(':', '-'));
        }
        return new Peer("curl + openssl", command + " && openssl dgst -sha256 * > sums", "--cacert {ca}", "");
    }
}
