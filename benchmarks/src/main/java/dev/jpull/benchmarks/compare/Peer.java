// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.nio.file.Path;

/**
 * A command that pulls an image, as its users write it.
 *
 * @param name what it is called in the results
 * @param command what is run by a shell: {@code {ref}} stands for the reference, {@code {host}} and {@code {repository}} for its
 *     parts, {@code {url}} for the server, {@code {dir}} for an empty directory, {@code {ca}} for the authority of the server
 * @param tls what stands for {@code {tls}} when the server speaks TLS
 * @param plain what stands for {@code {tls}} otherwise
 * @param once whether one run has to do, because it takes long
 */
record Peer(String name, String command, String tls, String plain, boolean once) {
    /** A command that is run in each round. */
    Peer(String name, String command, String tls, String plain) {
        this(name, command, tls, plain, false);
    }

    /** The same command, run once. */
    Peer runOnce() {
        return new Peer(name, command, tls, plain, true);
    }

    /** The same command with the path of its program, for which {@code {program}} stands. */
    Peer withProgram(Path path) {
        String program = "{program}";
        return new Peer(
                name,
                command.replace(program, path.toString()),
                tls.replace(program, path.toString()),
                plain.replace(program, path.toString()),
                once);
    }

    /** The command line for one image. */
    String commandFor(Target target, String repository, Path directory) {
        boolean secure = target.ca().isPresent();
        return command.replace("{tls}", secure ? tls : plain)
                .replace("{ref}", target.host() + "/" + repository + ":1")
                .replace("{host}", target.host())
                .replace("{repository}", repository)
                .replace("{url}", (secure ? "https://" : "http://") + target.host())
                .replace("{dir}", directory.toString())
                .replace("{ca}", target.ca().map(Path::toString).orElse(""));
    }
}
