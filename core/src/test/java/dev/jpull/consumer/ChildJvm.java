// SPDX-License-Identifier: Apache-2.0
package dev.jpull.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java virtual machine that a test starts, with the Java that runs the test.
 *
 * @param prefix the command that starts it, such as one that changes the user
 * @param options its options
 * @param environment variables of its environment; an empty value removes a variable
 * @param directory its working directory
 */
record ChildJvm(List<String> prefix, List<String> options, Map<String, String> environment, Path directory) {
    private static final long LIMIT_SECONDS = 400;

    /** How it ended. */
    record Result(int exit, String output, String errors) {
        /** The lines of its standard output, when it has succeeded and has written nothing to standard error. */
        List<String> lines() {
            assertThat(this).satisfies(result -> {
                assertThat(result.errors).as(output).isEmpty();
                assertThat(result.exit).as(output).isZero();
            });
            return output.lines().toList();
        }
    }

    static ChildJvm in(Path directory) {
        return new ChildJvm(List.of(), List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), Map.of(), directory);
    }

    ChildJvm withPrefix(String... words) {
        return new ChildJvm(List.of(words), options, environment, directory);
    }

    ChildJvm with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        return new ChildJvm(prefix, List.copyOf(all), environment, directory);
    }

    ChildJvm withEnvironment(Map<String, String> variables) {
        return new ChildJvm(prefix, options, variables, directory);
    }

    static String path(List<Path> entries) {
        return String.join(
                File.pathSeparator, entries.stream().map(Path::toString).toList());
    }

    /** Starts a program, and waits for its end. */
    Result run(String... program) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(program));
        Path output = Files.createTempFile("child", ".out");
        Path errors = Files.createTempFile("child", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // Java reports it on standard error
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("the end of " + command)
                    .isTrue();
            return new Result(
                    process.exitValue(),
                    Files.readString(output, StandardCharsets.ISO_8859_1),
                    Files.readString(errors, StandardCharsets.ISO_8859_1));
        } finally {
            process.destroyForcibly();
            Files.delete(output);
            Files.delete(errors);
        }
    }
}
