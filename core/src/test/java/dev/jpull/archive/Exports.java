// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Platform;
import dev.jpull.list.Renames;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.store.ImageStore;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exports with few words. */
record Exports(
        List<String> images,
        List<Platform> platforms,
        @Nullable ReferrerSelection referrers,
        boolean keepIndex,
        Renames renames,
        @Nullable ArchiveFormat format,
        boolean verify) {
    static Exports of(String... images) {
        return new Exports(Arrays.asList(images), List.of(), ReferrerSelection.ALL, false, Renames.NONE, null, false);
    }

    Exports platform(String platform) {
        return new Exports(images, List.of(Platform.parse(platform)), referrers, keepIndex, renames, format, verify);
    }

    Exports referrers(@Nullable ReferrerSelection wanted) {
        return new Exports(images, platforms, wanted, keepIndex, renames, format, verify);
    }

    Exports keepingIndex() {
        return new Exports(images, platforms, referrers, true, renames, format, verify);
    }

    Exports rename(String from, String to) {
        return new Exports(images, platforms, referrers, keepIndex, renames.with(from, to), format, verify);
    }

    Exports format(ArchiveFormat wanted) {
        return new Exports(images, platforms, referrers, keepIndex, renames, wanted, verify);
    }

    Exports verifying() {
        return new Exports(images, platforms, referrers, keepIndex, renames, format, true);
    }

    ArchiveExport from(FilledStore store) {
        return from(store.store());
    }

    ArchiveExport from(ImageStore store) {
        return new ArchiveExport(
                store,
                new ExportOptions(images, platforms, referrers, keepIndex, renames, format, null, verify, false),
                () -> false);
    }
}
