// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.list.ImageSettings;
import dev.jpull.pull.CallOptions;
import dev.jpull.pull.CallTerms;
import dev.jpull.pull.LayerUse;
import dev.jpull.pull.StoreEntry;
import dev.jpull.pull.WantedContent;
import java.util.List;
import java.util.Map;

/**
 * An image that lists name.
 *
 * @param position where it is named first
 * @param source the reference by which it is pulled
 * @param name its name in the store
 * @param settings the platforms and referrers that are wanted
 */
record WantedImage(SourcePosition position, ImageReference source, String name, ImageSettings settings) {
    /** The same image, which another entry names as well. */
    WantedImage with(WantedImage other) {
        return new WantedImage(position, source, name, settings.with(other.settings));
    }

    /** As the engine takes it. The metadata of other platforms is not wanted: it would cost requests. */
    CallOptions options() {
        ImageSettings.Platforms platforms = settings.platforms();
        ImageSettings.Referrers referrers = settings.referrers();
        List<Platform> chosen = platforms == null ? List.of() : platforms.chosen();
        return new CallOptions(
                source.toString(),
                new WantedContent(
                        chosen,
                        platforms != null && platforms.all(),
                        false,
                        referrers == null ? null : referrers.selection()),
                new StoreEntry(name, Map.of()),
                LayerUse.NONE,
                CallTerms.OF_THE_ENGINE,
                null);
    }
}
