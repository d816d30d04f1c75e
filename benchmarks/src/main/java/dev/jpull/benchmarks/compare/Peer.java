// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A command that pulls an image, as its users write it.
 *
 * @param name what it is called in the results
 * @param command what is run by a shell: {@code {ref}} stands for the reference, {@code {host}} and {@code {repository}} for its
 *     parts, {@code {url}} for the server, {@code {dir}} for an empty directory, {@code {ca}} for the authority of the server
 * @param tls what stands for {@code {tls}} when the server speaks TLS; null when the command cannot be told of the authority
 * @param plain what stands for {@code {tls}} otherwise
 */
record Peer(String name, String command, String tls, String plain) {
    static final String JPULL = "jpull";
    static final String JPULL_UNFLUSHED = "jpull --no-fsync";
    static final String CTR = "ctr";

    private static final String BEFORE = "jpull before";

    private static final List<Peer> KNOWN = List.of(
            new Peer(
                    "skopeo",
                    "exec skopeo copy {tls} docker://{ref} oci:{dir}/x:1",
                    "--src-tls-verify=false",
                    "--src-tls-verify=false"),
            new Peer("crane", "exec crane pull {tls} --format=oci {ref} {dir}/x", "--insecure", "--insecure"),
            new Peer(
                    "oras",
                    "exec oras copy {tls} {ref} --to-oci-layout {dir}/x:1",
                    "--from-insecure",
                    "--from-plain-http"),
            new Peer(
                    "regctl",
                    "exec regctl --host reg={host},tls={tls} image copy {ref} ocidir://{dir}/x:1",
                    "insecure",
                    "disabled"),
            new Peer(
                    CTR,
                    // To containerd, localhost speaks TLS only when it is configured to.
                    "mkdir -p {dir}/certs.d/{host} && printf '[host.\"{url}\"]\\nca = \"{ca}\"\\n'"
                            + " >{dir}/certs.d/{host}/hosts.toml && exec ctr -a " + Containerd.socket("{dir}")
                            + " content fetch {tls} {ref} >/dev/null",
                    "--hosts-dir {dir}/certs.d",
                    "--plain-http"));

    /** Libraries in a fresh Java each, by the small commands beside this module. */
    private static final List<Peer> LIBRARIES = List.of(
            new Peer("jib-core", java("jib") + " {ref} {dir}", "", ""),
            new Peer("oras-java", java("oras") + " {ref} {dir} {tls}", "true", "false"));

    /** jpull, by the launcher of the checkout. It flushes what it stores to the disk, which most others do not. */
    static Peer jpull(Path launcher) {
        return jpull(JPULL, launcher, "");
    }

    /** jpull, flushing no more than the others do. */
    static Peer jpullWithoutFlush(Path launcher) {
        return jpull(JPULL_UNFLUSHED, launcher, "--no-fsync");
    }

    /** An earlier build of jpull, by its own launcher. */
    static Peer jpullBefore(Path launcher) {
        return jpull(BEFORE, launcher, "");
    }

    private static Peer jpull(String name, Path launcher, String more) {
        return new Peer(
                name,
                "exec " + launcher + " -q " + more + " {tls} --store {dir}/x {ref}",
                "--tlscacert {ca}",
                "--plain-http");
    }

    private static String java(String peer) {
        return "exec " + Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:+UseSerialGC -cp '{peers}/"
                + peer + "/target/classes:{peers}/" + peer + "/target/lib/*' Pull";
    }

    /** The yardstick: the bytes and their hashes, by three connections at a time, without knowing what an image is. */
    static Peer curl(ServedImage image) {
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

    /** Those that the machine has. */
    static List<Peer> present(Path libraries) {
        Stream<Peer> programs = KNOWN.stream().filter(peer -> find(peer.name).isPresent());
        Stream<Peer> built = LIBRARIES.stream()
                .map(peer -> new Peer(
                        peer.name, peer.command.replace("{peers}", libraries.toString()), peer.tls, peer.plain));
        return Stream.concat(programs.filter(peer -> !peer.name.equals(CTR) || Containerd.isUsable()), built)
                .toList();
    }

    /** Where the machine has a program. */
    static Optional<Path> find(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The command line for one image. */
    String commandFor(String host, String repository, boolean secure, Path ca, Path directory) {
        return command.replace("{tls}", secure ? tls : plain)
                .replace("{ref}", host + "/" + repository + ":1")
                .replace("{host}", host)
                .replace("{repository}", repository)
                .replace("{url}", (secure ? "https://" : "http://") + host)
                .replace("{dir}", directory.toString())
                .replace("{ca}", ca.toString());
    }
}
