// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ExportResult;
import java.util.List;

/**
 * What was pulled and exported.
 *
 * @param images the images, in the order of the requests
 * @param export the archive
 */
public record ExportedPulls(List<PulledContent> images, ExportResult export) {
    /** Copies the list. */
    public ExportedPulls {
        images = List.copyOf(images);
    }
}
