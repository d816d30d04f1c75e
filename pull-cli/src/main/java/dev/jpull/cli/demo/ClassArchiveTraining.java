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

/**
 * What the launcher runs once for each Java, to make the archive of classes that every later run starts with: typical
 * pulls, and an archive out and in. The registries run in another process, so that the archive has none of their classes.
 */
final class ClassArchiveTraining {
    private static final int TIMES = 4;

    private ClassArchiveTraining() {}

    public static void main(String[] args) throws IOException {
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

    private static void pull(Path directory, String plain, String secure) throws IOException {
        String hosts = directory.resolve("certs.d").toString();
        String store = directory.resolve("store").toString();
        String configured = ClassArchiveRegistries.NAMESPACE + "/app:1";
        String direct = plain + "/app:1";
        run("--plain-http", "--store", store, "--progress", "plain", direct);
        run("--plain-http", "--store", store, "--print-chainid", direct);
        run("--plain-http", "--store", store, "--verify-layers", direct);
        run("--store", store, "--offline", "--format", "json", direct);
        run(
                "--hosts-dir",
                hosts,
                "--store",
                store + "-2",
                "--mirror-user",
                secure + "=" + ClassArchiveRegistries.USER,
                "--progress",
                "tty",
                configured);
        run("hosts", "explain", "--hosts-dir", hosts, configured);
        Path list = Files.writeString(directory.resolve("list.txt"), direct + "\n");
        run("sync", "--plain-http", "--store", store, list.toString());
        run("--version");
        run("--help");
        for (int i = 0; i < TIMES; i++) {
            Path emptied = directory.resolve("store-3");
            run("--plain-http", "--store", emptied.toString(), plain + "/big:1");
            carry(directory, emptied, plain + "/big:1");
            FileTree.delete(emptied);
        }
    }

    /** An image goes out of a store and into another one. */
    private static void carry(Path directory, Path store, String image) throws IOException {
        Path archive = directory.resolve("a.tar");
        Path other = directory.resolve("store-4");
        run("export", "--store", store.toString(), "-o", archive.toString(), image);
        run("import", "--store", other.toString(), archive.toString());
        Files.delete(archive);
        FileTree.delete(other);
    }

    private static void run(String... command) {
        int exitCode = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), command);
        if (exitCode != 0) {
            throw new IllegalStateException(List.of(command) + " ended with " + exitCode);
        }
    }
}
