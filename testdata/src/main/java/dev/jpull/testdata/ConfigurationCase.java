// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration and what is expected of it. Cases are written one after the other in a text file: {@code === title},
 * then {@code --- path} before each file, then {@code >>> expectation} lines. A path that ends in a slash is a directory;
 * {@code path -> target} is a symbolic link; {@code path = kind} is a generated certificate or key.
 *
 * @param title what the case is about
 * @param files the contents by path, in order
 * @param expectations the lines that say what is expected
 */
public record ConfigurationCase(String title, Map<String, String> files, List<String> expectations) {
    private static final List<String> NAMES =
            List.of("config.toml", "daemon.json", "registries.yaml", "registries.conf");

    /** The cases of a file that comes with the project. */
    public static List<ConfigurationCase> bundled(String name) {
        try (InputStream in = ConfigurationCase.class.getResourceAsStream("configurations/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no configurations " + name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<ConfigurationCase> parse(String text) {
        List<ConfigurationCase> cases = new ArrayList<>();
        StringBuilder content = new StringBuilder();
        String path = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("=== ")) {
                cases.add(new ConfigurationCase(line.substring(4), new LinkedHashMap<>(), new ArrayList<>()));
                path = "";
            } else if (line.startsWith("--- ")) {
                path = line.substring(4);
                content = new StringBuilder();
                cases.get(cases.size() - 1).files().put(path, "");
            } else if (line.startsWith(">>> ")) {
                cases.get(cases.size() - 1).expectations().add(line.substring(4));
                path = "";
            } else if (!path.isEmpty()) {
                cases.get(cases.size() - 1)
                        .files()
                        .put(path, content.append(line).append('\n').toString());
            }
        }
        return cases;
    }

    @Override
    public String toString() {
        return title;
    }

    /** The values of the expectations that begin with a word. */
    public List<String> expected(String word) {
        return expectations.stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .toList();
    }

    /** Writes the files below a directory. {@code @dir@} in contents stands for the directory. */
    public void write(Path directory) throws IOException {
        Certificates certificates = new Certificates();
        for (Map.Entry<String, String> file : files.entrySet()) {
            String path = file.getKey();
            if (path.endsWith("/")) {
                Files.createDirectories(directory.resolve(path));
            } else if (path.contains(" -> ")) {
                Path link = directory.resolve(path.substring(0, path.indexOf(" -> ")));
                Files.createDirectories(link.getParent());
                Files.createSymbolicLink(link, Path.of(path.substring(path.indexOf(" -> ") + 4)));
            } else if (path.contains(" = ")) {
                certificates.write(
                        directory.resolve(path.substring(0, path.indexOf(" = "))),
                        path.substring(path.indexOf(" = ") + 3));
            } else {
                TestCertificates.write(directory.resolve(path), file.getValue().replace("@dir@", directory.toString()));
            }
        }
    }

    /** What a program is to be given of the files below a directory: the file of a runtime, else the hosts directory. */
    public Path configuration(Path directory) {
        return NAMES.stream()
                .filter(files::containsKey)
                .findFirst()
                .map(directory::resolve)
                .orElse(directory.resolve("certs.d"));
    }

    /** The certificates and keys of one case. */
    private static final class Certificates {
        private final TestCertificates authority = new TestCertificates();
        private final TestCertificates.Identity client = authority.issue("client", "EC");

        void write(Path file, String kind) throws IOException {
            TestCertificates.write(file, content(kind));
            if (kind.contains("key") && !kind.startsWith("open")) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }

        private String content(String kind) {
            return switch (kind) {
                case "ca" -> authority.caPem();
                case "expired-ca" -> new TestCertificates(Duration.ofDays(-1)).caPem();
                case "ca-and-expired-ca" -> authority.caPem() + new TestCertificates(Duration.ofDays(-1)).caPem();
                case "soon-ca" -> new TestCertificates(Duration.ofDays(3)).caPem();
                case "future-ca" -> new TestCertificates(Duration.ofDays(365)).caPem();
                case "certificate" -> client.certificatePem();
                case "key", "open-key" -> client.pkcs8Pem();
                case "other-key" -> authority.issue("other", "EC").pkcs8Pem();
                case "expired-certificate-and-key" ->
                    both(authority.issue("expired", "EC", Duration.ofDays(-2), "localhost"));
                case "certificate-and-key" -> both(client);
                case "encrypted-key" -> """
                        -----BEGIN RSA PRIVATE KEY-----
                        Proc-Type: 4,ENCRYPTED
                        DEK-Info: AES-128-CBC,00000000000000000000000000000000

                        AAAA
                        -----END RSA PRIVATE KEY-----
                        """;
                case "garbage" -> "this is no PEM file\n";
                default -> throw new IllegalArgumentException(kind);
            };
        }

        private static String both(TestCertificates.Identity identity) {
            return identity.certificatePem() + identity.pkcs8Pem();
        }
    }
}
