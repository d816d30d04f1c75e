// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the packaged command as its users do: in a process of its own, with a home directory of its own. */
record PackagedCommand(Path directory) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** How a run ended. */
    record Run(int exitCode, String out, String err) {
        JsonNode json() {
            return MAPPER.readTree(out);
        }

        JsonNode image() {
            return json().get("images").get(0);
        }
    }

    /** Starts the command; what it prints goes to files in the directory. */
    Process start(List<String> javaOptions, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(javaOptions);
        command.addAll(
                List.of("-jar", Path.of("target", "jpull.jar").toAbsolutePath().toString()));
        command.addAll(args);
        Files.createDirectories(directory);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out.txt").toFile())
                .redirectError(directory.resolve("err.txt").toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().remove("XDG_CONFIG_HOME");
        return builder.start();
    }

    /** Runs the command to its end. */
    Run run(String... args) throws IOException, InterruptedException {
        Process process = start(List.of(), Arrays.asList(args));
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(directory.resolve("out.txt")),
                Files.readString(directory.resolve("err.txt")));
    }
}
