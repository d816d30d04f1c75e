// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.cli.archives.Sample.Trait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ctr images import}, each time into a namespace of its own, with everything unpacked.
 *
 * @param name what it is called in the table
 * @param daemon what it imports into
 * @param options more options of the import
 * @param reports the manifest, or the configuration when the archive has no manifest, so that containerd makes one
 */
record ContainerdReader(String name, ContainerdDaemon daemon, List<String> options, Reports reports)
        implements ArchiveReader {
    private static final String COMPLETE = "complete";
    private static final List<String> ALL = List.of("--all-platforms");
    private static final List<String> LOCAL = List.of("--local");

    /** All ways to import an OCI archive. The client of containerd 2 leaves the work to the daemon, unless told otherwise. */
    static List<ContainerdReader> of(ContainerdDaemon daemon) {
        List<ContainerdReader> readers = new ArrayList<>();
        readers.add(new ContainerdReader(daemon.name(), daemon, List.of(), Reports.ENTRY));
        readers.add(new ContainerdReader(daemon.name() + " `--all-platforms`", daemon, ALL, Reports.ENTRY));
        if (!daemon.name().contains(" 1.")) {
            readers.add(new ContainerdReader(daemon.name() + " `--local`", daemon, LOCAL, Reports.ENTRY));
        }
        return readers;
    }

    /** Imports a docker archive. */
    static ContainerdReader ofDockerArchives(ContainerdDaemon daemon) {
        return new ContainerdReader(daemon.name(), daemon, List.of(), Reports.CONFIG);
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        return Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException {
        String namespace = work.getFileName().toString();
        List<String> command = new ArrayList<>(List.of("-n", namespace, "images", "import"));
        command.addAll(options);
        // An artifact has no layers that a snapshotter could take.
        command.addAll(sample.has(Trait.ARTIFACT) ? List.of("--no-unpack") : List.of("--snapshotter", "native"));
        command.add(archive.toString());
        daemon.ctr(command.toArray(String[]::new));
        Map<String, String> digests = new LinkedHashMap<>();
        // Columns: name, type, digest, status, size, unpacked.
        for (String line : daemon.ctr("-n", namespace, "images", "check", "--snapshotter", "native")
                .lines()
                .skip(1)
                .toList()) {
            String[] columns = line.strip().split("\\s+");
            if (!columns[3].equals(COMPLETE)
                    || !columns[columns.length - 1].equals(String.valueOf(!sample.has(Trait.ARTIFACT)))) {
                throw new RefusedException("imported in part: " + line);
            }
            digests.put(columns[0], reports == Reports.CONFIG ? config(namespace, columns[2]) : columns[2]);
        }
        return digests;
    }

    private String config(String namespace, String manifest)
            throws IOException, InterruptedException, RefusedException {
        return new JsonMapper()
                .readTree(daemon.ctr("-n", namespace, "content", "get", manifest))
                .required("config")
                .required("digest")
                .stringValue();
    }
}
