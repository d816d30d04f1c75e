// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.InProcess;
import dev.jpull.cli.archives.Programs.RefusedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code jpull import}, into a store of its own, which is verified afterwards.
 *
 * @param reports the root, or the configuration when the archive has no manifest, so that one is made
 * @param options more options of the import
 */
record JpullReader(Reports reports, List<String> options) implements ArchiveReader {
    @Override
    public String name() {
        return "jpull import";
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        return Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work) throws RefusedException {
        String store = work.resolve("store").toString();
        List<String> command = new ArrayList<>(List.of("import", "--store", store, archive.toString()));
        command.addAll(options);
        run(command.toArray(String[]::new));
        run("store", "verify", "--store", store);
        Map<String, String> digests = new LinkedHashMap<>();
        run("store", "ls", "--store", store, "--format", "json")
                .json()
                .required("images")
                .forEach(image -> {
                    String digest = image.required("digest").stringValue();
                    digests.put(
                            image.required("name").stringValue(),
                            reports == Reports.CONFIG ? config(store, digest) : digest);
                });
        return digests;
    }

    private static InProcess.Run run(String... args) throws RefusedException {
        InProcess.Run run = InProcess.run(args);
        if (run.exitCode() != 0) {
            throw new RefusedException("jpull " + String.join(" ", args) + ": " + run.err());
        }
        return run;
    }

    private static String config(String store, String manifest) {
        return new JsonMapper()
                .readTree(Path.of(store, "blobs", manifest.replace(':', '/')))
                .required("config")
                .required("digest")
                .stringValue();
    }
}
