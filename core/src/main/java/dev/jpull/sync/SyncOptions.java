// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.list.ImageSettings;
import dev.jpull.list.ListEntry;
import dev.jpull.list.Renames;
import java.util.List;

/**
 * What one run is asked for.
 *
 * @param entries the entries of all lists
 * @param defaults the settings of images of which the lists say nothing
 * @param renames other names for images that the lists do not rename
 * @param keepGoing whether the others go on when an image has failed
 * @param dryRun whether to report only what would be done
 * @param prune whether images are removed that earlier runs brought, and that no list names any more
 */
public record SyncOptions(
        List<ListEntry> entries,
        ImageSettings defaults,
        Renames renames,
        boolean keepGoing,
        boolean dryRun,
        boolean prune) {
    /** Copies the list. */
    public SyncOptions {
        entries = List.copyOf(entries);
    }
}
