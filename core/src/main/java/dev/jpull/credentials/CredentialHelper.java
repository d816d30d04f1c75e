// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A program {@code docker-credential-NAME} that keeps credentials (docker's helper protocol: {@code get}, the server
 * address on standard input, JSON on standard output). It is started by name from the PATH, without a shell.
 *
 * @param name the NAME
 * @param configuredIn the file that names it
 */
record CredentialHelper(String name, Path configuredIn) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final int MAX_OUTPUT = 64 << 10;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LOOK_MILLIS = 10;

    /** The name of the program. */
    String program() {
        return "docker-credential-" + name;
    }

    Optional<Credential> get(String serverAddress) {
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    configuredIn + " names a credential helper with characters that a program name must not have");
        }
        String program = program();
        try {
            Process process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return ask(process, program, serverAddress, LIMIT);
        } catch (IOException e) {
            throw new ConfigurationException(
                    program + ", which " + configuredIn + " names, cannot be run: is it on the PATH?", e);
        }
    }

    /**
     * Asks a program that runs, and ends it with all that it has started.
     *
     * @param limit how long it may take
     */
    static Optional<Credential> ask(Process process, String program, String serverAddress, Duration limit)
            throws IOException {
        try {
            try (OutputStream input = process.getOutputStream()) {
                input.write(serverAddress.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The program has ended, or does not read its input: its answer decides.
            }
            byte[] answer = answer(process, program, limit);
            if (process.exitValue() == 0) {
                return read(program, answer);
            }
            if (new String(answer, StandardCharsets.UTF_8).contains("credentials not found")) {
                return Optional.empty();
            }
            throw new ConfigurationException(program + " failed: run \"" + program + " get\" by hand to see why");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while waiting for " + program, e);
        } finally {
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /**
     * What a program writes until it ends. Nothing is read after that: a process that the program has started may keep the
     * output open without end.
     */
    private static byte[] answer(Process process, String program, Duration limit)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        InputStream output = process.getInputStream();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        while (true) {
            boolean ended = !process.isAlive(); // before the look at its output, which is complete then
            int ready = output.available();
            if (ready > 0) {
                answer.writeBytes(output.readNBytes(Math.min(ready, MAX_OUTPUT)));
            }
            if (answer.size() > MAX_OUTPUT) {
                throw new ConfigurationException(program + " answered with more than " + MAX_OUTPUT
                        + " bytes: it is no credential helper, or broken");
            }
            if (ready == 0 && ended) {
                return answer.toByteArray();
            }
            if (System.nanoTime() - end > 0) {
                throw new ConfigurationException(program + " did not answer within " + limit.toSeconds()
                        + " seconds: run \"" + program + " get\" by hand to see why");
            }
            if (ready == 0) {
                process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static Optional<Credential> read(String program, byte[] answer) {
        try {
            JsonValue json = JsonValue.parse(answer);
            String username = json.text("Username");
            String secret = json.text("Secret");
            if (username == null || username.isEmpty() || secret == null || secret.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    username.equals("<token>") ? Credential.identityToken(secret) : new Credential(username, secret));
        } catch (JsonException e) {
            throw new ConfigurationException(program + " did not answer with JSON", e);
        }
    }
}
