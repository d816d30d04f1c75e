// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.demo;

import dev.jpull.cli.Main;
import dev.jpull.testdata.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the launcher runs once for each Java, to make the archive of classes that every later run starts with: typical
 * pulls. The registries run in another process, so that the archive has none of their classes.
 */
final class ClassArchiveTraining {
    private static final long LIMIT_MINUTES = 3;

    private ClassArchiveTraining() {}

    public static void main(String[] args) throws IOException {
        endInTime();
        Path directory = Files.createTempDirectory("jpull-training-");
        Process registries = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClassArchiveRegistries.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(registries.getInputStream(), StandardCharsets.UTF_8))) {
            String plain = said.readLine();
            String secure = said.readLine();
            if (plain == null || secure == null) {
                throw new IllegalStateException("the registries did not start");
            }
            pull(directory, plain, secure);
        } finally {
            registries.destroy();
            FileTree.delete(directory);
        }
    }

    /** Nothing waits for the process that makes an archive: without a limit, one that hangs would stay for good. */
    private static void endInTime() {
        Thread limit = new Thread(
                () -> {
                    try {
                        TimeUnit.MINUTES.sleep(LIMIT_MINUTES);
                        System.err.println("the pulls have not ended within " + LIMIT_MINUTES + " minutes");
                        Runtime.getRuntime().halt(1);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "jpull-training-limit");
        limit.setDaemon(true);
        limit.start();
    }

    /**
     * Every class of the archive makes every start longer, by a tenth for twice the size: it has those of a plain pull, a pull over
     * TLS and a hosts directory, and neither those of other commands nor those of picocli.
     */
    private static void pull(Path directory, String plain, String secure) {
        String hosts = directory.resolve(ClassArchiveRegistries.HOSTS).toString();
        String authority = directory.resolve(ClassArchiveRegistries.AUTHORITY).toString();
        String store = directory.resolve("store").toString();
        run("-q", "--plain-http", "--store", store, plain + "/app:1");
        run("-q", "--user", ClassArchiveRegistries.USER, "--tlscacert", authority, "--store", store, secure + "/app:1");
        run("--hosts-dir", hosts, "--store", store + "-2", ClassArchiveRegistries.NAMESPACE + "/app:1");
    }

    private static void run(String... command) {
        int exitCode = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), command);
        if (exitCode != 0) {
            throw new IllegalStateException(List.of(command) + " ended with " + exitCode);
        }
    }
}
