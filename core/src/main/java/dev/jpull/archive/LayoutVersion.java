// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The version that an OCI layout says it has (OCI image-spec, image-layout.md "oci-layout file"). */
final class LayoutVersion {
    private static final int MAX_SIZE = 4096;
    /** How the versions begin whose layouts can be added to. */
    private static final String KNOWN = "1.";

    private LayoutVersion() {}

    /**
     * Requires a version that is known.
     *
     * @param file the file oci-layout
     * @throws StoreException if it says another version, or none
     */
    static void require(Path file) throws IOException {
        try {
            String version = JsonValue.parse(RegularFile.read(file, MAX_SIZE, LinkOption.NOFOLLOW_LINKS))
                    .text("imageLayoutVersion");
            if (version == null || !version.startsWith(KNOWN)) {
                throw new StoreException(file + " says layout version "
                        + (version == null ? "nothing" : ForeignText.line(version, 80))
                        + ", but only version 1 is known: name another directory");
            }
        } catch (JsonException e) {
            throw new StoreException(
                    file + " is damaged: " + ForeignText.line(String.valueOf(e.getMessage()))
                            + ": name another directory",
                    e);
        }
    }
}
