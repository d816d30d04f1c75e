// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import dev.jpull.testdata.TestCertificates;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A build of {@code src/it} that uses the plugin of {@code src/it/plugin}.
 *
 * @param directory the copy of its project, in which the build runs
 * @param localRepository the local repository of these builds
 */
record ConsumerBuild(Path directory, Path localRepository) {
    /** How long a Maven process may take. */
    static final int PATIENCE_SECONDS = 120;

    /** As the invoker plugin is told: these processes live for seconds. */
    private static final String MAVEN_OPTS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    ConsumerBuild(File directory, File localRepository) {
        this(directory.toPath(), localRepository.toPath());
    }

    String name() {
        return directory.getFileName().toString();
    }

    /** Writes the hosts directory of the build, in which one host serves {@code registry.example}. */
    void useHost(String origin) {
        TestCertificates.write(
                directory.resolve("certs.d/registry.example/hosts.toml"), "server = \"" + origin + "\"\n");
    }

    /** The OCI image layout that the plugin pulls into. */
    Path store() {
        return directory.resolve("target/images");
    }

    /** What the build printed that the invoker plugin ran. */
    String log() throws IOException {
        return Files.readString(directory.resolve("build.log"));
    }

    /** Starts another Maven process for the same project; it prints into a file of the directory. */
    Process startMaven(String output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-s",
                directory.resolve("../../../src/it/settings.xml").toString(),
                "-Dmaven.repo.local=" + localRepository,
                "-Drepository.of.the.build=file://" + localRepository,
                "generate-resources"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(output).toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MAVEN_OPTS", MAVEN_OPTS);
        return builder.start();
    }

    /** Waits for the end of such a process, and returns what it printed; it must have succeeded. */
    String await(Process maven, String output) throws IOException, InterruptedException {
        return awaitExit(0, maven, output);
    }

    /** The same of a process that must have failed. */
    String awaitFailure(Process maven, String output) throws IOException, InterruptedException {
        return awaitExit(1, maven, output);
    }

    private String awaitExit(int expected, Process maven, String output) throws IOException, InterruptedException {
        boolean ended = maven.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        String text = Files.readString(directory.resolve(output));
        if (!ended || maven.exitValue() != expected) {
            maven.destroyForcibly();
            throw new IllegalStateException(
                    "the build in " + directory + " did not end with the status " + expected + ":\n" + text);
        }
        return text;
    }
}
