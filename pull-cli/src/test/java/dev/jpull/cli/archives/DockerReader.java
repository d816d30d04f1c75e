// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.cli.archives.Sample.Trait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code docker load}, after which the images are removed again.
 *
 * @param daemon what it loads into
 */
record DockerReader(DockerDaemon daemon) implements ArchiveReader {
    @Override
    public String name() {
        return daemon.name() + " `load`";
    }

    @Override
    public Reports reports() {
        return Reports.CONFIG;
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        if (sample.has(Trait.ZSTD) && daemon.name().matches("dockerd (1|20).*")) {
            return Optional.of(daemon.name() + " has no zstd");
        }
        if (sample.has(Trait.MANY_LAYERS)) {
            return Optional.of("docker takes 125 layers at most");
        }
        return sample.has(Trait.ARTIFACT) ? Optional.of("docker loads images alone") : Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException {
        daemon.docker("load", "-q", "-i", archive.toString());
        Map<String, String> ids = new LinkedHashMap<>();
        for (String image : sample.images().keySet()) {
            ids.put(
                    image,
                    daemon.docker("image", "inspect", "--format", "{{.Id}}", image)
                            .strip());
        }
        for (String image : ids.keySet()) {
            daemon.docker("rmi", image);
        }
        return ids;
    }
}
