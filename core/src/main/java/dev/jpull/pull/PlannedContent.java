// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;
import java.util.List;

/**
 * What the pull of an image would bring.
 *
 * @param name the name of the image in the store
 * @param root its manifest or index
 * @param state what has to be done for it
 * @param missing the blobs that the store does not have, each once
 */
public record PlannedContent(String name, Descriptor root, UpdatedContent.State state, List<Descriptor> missing) {
    /** Copies the list. */
    public PlannedContent {
        missing = List.copyOf(missing);
    }
}
