// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import dev.jpull.cli.archives.Programs.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A program that takes archives of images. */
interface ArchiveReader {
    /** Which of the digests of an image a reader reports. */
    enum Reports {
        /** What the name resolved to at the registry. */
        ROOT("the name resolves to"),
        /** What the archive names. */
        ENTRY("the archive has as its entry"),
        /** The manifest for this machine. */
        MANIFEST("the manifest for the machine"),
        /** The configuration for this machine, the "image ID". */
        CONFIG("its configuration, the image ID");

        private final String label;

        Reports(String label) {
            this.label = label;
        }

        /** What it is called in the table. */
        String label() {
            return label;
        }

        String of(Sample.Digests digests) {
            return switch (this) {
                case ROOT -> digests.root();
                case ENTRY -> digests.entry();
                case MANIFEST -> digests.manifest();
                case CONFIG -> digests.config();
            };
        }
    }

    /** What it is called in the table. */
    String name();

    /** Which digest it reports. */
    Reports reports();

    /** Why it can take no archive of these images, whatever the archive is like. */
    Optional<String> cannotTake(Sample sample);

    /**
     * Takes an archive into an empty place; returns the digest that it reports for each name.
     *
     * @param work an empty directory
     * @throws RefusedException if it does not take the archive
     */
    Map<String, String> read(Sample sample, Path archive, Path work)
            throws IOException, InterruptedException, RefusedException;
}
