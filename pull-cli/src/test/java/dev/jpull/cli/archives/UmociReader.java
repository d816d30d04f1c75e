// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.cli.archives.Sample.Trait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * umoci reads OCI layouts, so that tar extracts the archive before; it unpacks each image.
 *
 * @param name what it is called in the table
 * @param programs runs it
 * @param program how it is called
 */
record UmociReader(String name, Programs programs, String program) implements ArchiveReader {
    @Override
    public Reports reports() {
        return Reports.MANIFEST;
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        if (sample.has(Trait.ARTIFACT)) {
            return Optional.of("umoci unpacks images alone");
        }
        if (sample.has(Trait.ZSTD) && name.equals("umoci 0.4")) {
            return Optional.of("umoci 0.4 has no zstd");
        }
        return sample.has(Trait.INDEX)
                ? Optional.of("umoci takes no index of several manifests; `--platform` leaves one")
                : Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException {
        Path layout = Files.createDirectory(work.resolve("layout"));
        programs.run("tar", "-xf", archive.toString(), "-C", layout.toString());
        Map<String, String> digests = new LinkedHashMap<>();
        for (String image : sample.images().keySet()) {
            Path bundle = work.resolve("bundle-" + digests.size());
            programs.run(program, "unpack", "--image", layout + ":" + sample.reference(image), bundle.toString());
            JsonNode state = new JsonMapper().readTree(Files.readAllBytes(bundle.resolve("umoci.json")));
            JsonNode walk = state.required("from_descriptor_path").required("descriptor_walk");
            digests.put(image, walk.get(walk.size() - 1).required("digest").stringValue());
        }
        return digests;
    }
}
