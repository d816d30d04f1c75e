// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final int TIMEOUT_SECONDS = 60;

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
            try {
                return ask(process, program, serverAddress);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new ConfigurationException(
                    program + ", which " + configuredIn + " names, cannot be run: is it on the PATH?", e);
        }
    }

    private static Optional<Credential> ask(Process process, String program, String serverAddress) throws IOException {
        try (OutputStream input = process.getOutputStream()) {
            input.write(serverAddress.getBytes(StandardCharsets.UTF_8));
        }
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                output.complete(process.getInputStream().readNBytes(MAX_OUTPUT));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
        try {
            byte[] answer = output.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                if (new String(answer, StandardCharsets.UTF_8).contains("credentials not found")) {
                    return Optional.empty();
                }
                throw new ConfigurationException(program + " failed: run \"" + program + " get\" by hand to see why");
            }
            return read(program, answer);
        } catch (TimeoutException e) {
            throw new ConfigurationException(program + " did not answer within " + TIMEOUT_SECONDS + " seconds", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while waiting for " + program, e);
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
