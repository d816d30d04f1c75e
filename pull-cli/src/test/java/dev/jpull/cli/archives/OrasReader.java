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
 * oras copies each image of an archive, with what refers to it, into a layout.
 *
 * @param name what it is called in the table
 * @param programs runs it
 */
record OrasReader(String name, Programs programs) implements ArchiveReader {
    @Override
    public Reports reports() {
        return Reports.ENTRY;
    }

    @Override
    public Optional<String> cannotTake(Sample sample) {
        return Optional.empty();
    }

    @Override
    public Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException {
        Map<String, String> digests = new LinkedHashMap<>();
        for (Map.Entry<String, Sample.Digests> image : sample.images().entrySet()) {
            // A reference with a slash is none to oras, but a digest is.
            String from = sample.has(Trait.SAME_TAG)
                    ? archive + "@" + image.getValue().entry()
                    : archive + ":" + sample.reference(image.getKey());
            String copy = work.resolve("copy-" + digests.size()) + ":1";
            programs.run("oras", "cp", "-r", "--from-oci-layout", from, "--to-oci-layout", copy);
            digests.put(
                    image.getKey(),
                    programs.run("oras", "resolve", "--oci-layout", copy).strip());
        }
        return digests;
    }
}
