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

/**
 * {@code podman load}, into a storage of its own.
 *
 * @param name what it is called in the table
 * @param programs runs it
 */
record PodmanReader(String name, Programs programs) implements ArchiveReader {
    @Override
    public Reports reports() {
        return Reports.CONFIG;
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        return sample.has(Trait.ARTIFACT) ? Optional.of("podman loads images alone") : Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException {
        podman(work, "load", "-q", "-i", archive.toString());
        Map<String, String> ids = new LinkedHashMap<>();
        for (String image : sample.images().keySet()) {
            ids.put(
                    image,
                    "sha256:"
                            + podman(work, "image", "inspect", "--format", "{{.Id}}", image)
                                    .strip());
        }
        return ids;
    }

    private String podman(Path work, String... args) throws IOException, InterruptedException, RefusedException {
        List<String> command = command(work);
        command.addAll(List.of(args));
        return programs.run(command.toArray(String[]::new));
    }

    /** podman with a storage in a directory, whose path must be short. */
    static List<String> command(Path directory) {
        return new ArrayList<>(List.of(
                "podman",
                "--root",
                directory.resolve("root").toString(),
                "--runroot",
                directory.resolve("run").toString(),
                "--storage-driver",
                "vfs"));
    }
}
