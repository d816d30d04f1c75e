// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Docker's certificate directory: {@code *.crt}, {@code *.cert} and {@code *.key} (docs/containerd.md section 2.1). */
final class CertificateDirectory {
    private CertificateDirectory() {}

    /** The entry for the registry itself, with the certificates of the directory; plain when there are none. */
    static HostEntry load(Path directory) throws IOException {
        List<Path> ca = new ArrayList<>();
        List<ClientKeyPair> client = new ArrayList<>();
        Map<String, SourcePosition> settings = new LinkedHashMap<>();
        for (Path file : files(directory, Set.of(".crt", ".cert"))) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".crt")) {
                ca.add(file);
                settings.put("ca", SourcePosition.of(directory));
            } else if (name.endsWith(".cert")) {
                Path key = directory.resolve(name.substring(0, name.length() - ".cert".length()) + ".key");
                client.add(new ClientKeyPair(file, Files.exists(key) ? key : file));
                settings.put("client", SourcePosition.of(directory));
            }
        }
        return new HostEntry(
                "",
                "",
                "",
                Set.of(),
                new TlsSettings(ca, false, client, null),
                !ca.isEmpty() || !client.isEmpty(),
                List.of(),
                null,
                false,
                HostExtensions.NONE,
                new Provenance(SourcePosition.of(directory), settings, false));
    }

    /** The files with one of these endings, by name; none when there is no such directory. */
    static List<Path> files(Path directory, Set<String> endings) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> files = entries.filter(entry -> !Files.isDirectory(entry)
                            && endings.stream().anyMatch(String.valueOf(entry.getFileName())::endsWith))
                    .limit(TlsSettings.MAX_FILES + 1L)
                    .sorted()
                    .toList();
            if (files.size() > TlsSettings.MAX_FILES) {
                throw new FileSystemException(
                        directory.toString(), null, "more than " + TlsSettings.MAX_FILES + " certificate files");
            }
            return files;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
