// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.cli.archives.Sample.Trait;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * skopeo copies each image of an archive, with all its platforms, into a directory.
 *
 * @param name what it is called in the table
 * @param programs runs it
 * @param program how it is called
 * @param transport {@code oci-archive} or {@code docker-archive}
 */
record SkopeoReader(String name, Programs programs, String program, String transport) implements ArchiveReader {
    private static final String OCI = "oci-archive";

    @Override
    public Reports reports() {
        return transport.equals(OCI) ? Reports.ENTRY : Reports.CONFIG;
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        return sample.has(Trait.ARTIFACT) && !transport.equals(OCI)
                ? Optional.of("docker archives have no artifacts")
                : Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException {
        Map<String, String> digests = new LinkedHashMap<>();
        for (String image : sample.images().keySet()) {
            String reference = transport.equals(OCI) ? sample.reference(image) : image;
            Path copy = work.resolve("copy-" + digests.size());
            copy(transport + ":" + archive + ":" + reference, copy);
            digests.put(image, digest(copy));
        }
        if (sample.images().size() == 1 && !sample.has(Trait.REFERRERS)) {
            copy(
                    transport + ":" + archive,
                    work.resolve("unnamed")); // the name may be left out when there is one entry
        }
        return digests;
    }

    private void copy(String from, Path to) throws IOException, InterruptedException, RefusedException {
        programs.run(program, "--insecure-policy", "copy", "-q", "--all", from, "dir:" + to);
    }

    private String digest(Path copy) throws IOException {
        byte[] document = Files.readAllBytes(copy.resolve("manifest.json"));
        return transport.equals(OCI)
                ? TestImage.digest(document)
                : new JsonMapper()
                        .readTree(document)
                        .required("config")
                        .required("digest")
                        .stringValue();
    }
}
