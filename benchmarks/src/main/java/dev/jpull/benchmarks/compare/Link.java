// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two network namespaces with a link of some delay, rate and loss between them, by the program {@code link.c}. They have no
 * names and end with the program, which ends with its workplace, or when this process is gone.
 */
final class Link {
    /** The address of the server. */
    static final String SERVER = "10.77.0.1";

    private static final Path DEVICE = Path.of("/dev/net/tun");
    private static final Duration COMPILATION = Duration.ofMinutes(1);

    private final Process process;

    private Link(Process process) {
        this.process = process;
    }

    /** Why the machine can have no such link; nothing when it can. */
    static Optional<String> missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("network namespaces need root");
        }
        if (!Files.exists(DEVICE)) {
            return Optional.of("the system has no " + DEVICE);
        }
        return Stream.of("gcc", "nsenter", "ip")
                .filter(program -> Peers.find(program).isEmpty())
                .map(program -> program + " is not installed")
                .findFirst();
    }

    /** Compiles the program when that is not done, and starts it. */
    static Link open(Workplace workplace, Path source, Way way) throws IOException, InterruptedException {
        Path program = workplace.directory().resolve("link");
        if (!Files.exists(program)) {
            workplace.run(
                    COMPILATION,
                    List.of("gcc", "-O2", "-Wall", "-Wextra", "-pthread", "-o", program.toString(), source.toString()));
        }
        List<String> figures = switch (way) {
            case NEAR -> List.of("10", "0", "0");
            case FAR -> List.of("25", "0", "0");
            case LOSSY -> List.of("10", "1000", "0.1");
            default -> throw new IllegalArgumentException(way + " is no link");
        };
        Process process =
                workplace.start(new ProcessBuilder(Stream.concat(Stream.of(program.toString()), figures.stream())
                                .toList())
                        .redirectError(ProcessBuilder.Redirect.INHERIT));
        Link link = new Link(process);
        link.awaitAnswer();
        return link;
    }

    /** Starts the sequence of the random numbers that decide about loss again, with another first one for each round. */
    void seed(int round) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((round + "\n").getBytes(StandardCharsets.US_ASCII));
        in.flush();
        awaitAnswer();
    }

    private void awaitAnswer() throws IOException {
        BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII);
        if (!"ready".equals(answers.readLine())) {
            throw new IOException("the link ended");
        }
    }

    /** The words that run a command where the server is. */
    List<String> atServer() {
        return inside(20);
    }

    /** The words that run a command at the other end. */
    List<String> atClient() {
        return inside(21);
    }

    /** The program has its namespaces open as these file descriptors. */
    private List<String> inside(int descriptor) {
        return List.of("nsenter", "--net=/proc/" + process.pid() + "/fd/" + descriptor);
    }
}
