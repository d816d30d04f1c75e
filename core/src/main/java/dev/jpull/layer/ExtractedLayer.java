// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import java.util.List;

/**
 * A layer that was unpacked on its own, as {@link TreeMerge} and {@link OverlayWhiteouts} use it.
 *
 * @param entries how many entries the archive had
 * @param fileBytes how many bytes its files have together, holes included
 * @param links hard links to files of layers below, which are not there yet
 * @param leftOut paths under which nothing was made, because it was not possible
 * @param implicit directories without an entry of their own
 * @param marked directories with markers of whiteouts
 * @param hasWhiteoutDevices whether there are character devices 0/0, which overlayfs takes for whiteouts: there, the name is missing
 * @param omissions what was not possible
 */
public record ExtractedLayer(
        long entries,
        long fileBytes,
        List<PendingLink> links,
        List<RawPath> leftOut,
        ImplicitDirectories implicit,
        MarkedDirectories marked,
        boolean hasWhiteoutDevices,
        List<Omission> omissions) {
    /** Copies the lists. */
    public ExtractedLayer {
        links = List.copyOf(links);
        leftOut = List.copyOf(leftOut);
        omissions = List.copyOf(omissions);
    }
}
