// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullException;
import java.nio.file.Path;

/** Looks at the target of an export before its images are there. */
public final class ExportTarget {
    private ExportTarget() {}

    /**
     * Requires that an export can be written to a target, as far as that shows now.
     *
     * @param store the directory of the store, which need not be there yet
     * @throws PullException if it cannot be
     */
    public static void require(Path target, ExportOptions options, Path store) {
        ArchiveKind kind = ArchiveKind.of(target, options.format(), options.compression());
        if (kind.format() == ArchiveFormat.OCI) {
            TargetLayout.requireUsable(target, store);
        } else {
            options.requireNoLinks();
            TargetFile unused = TargetFile.at(target, kind.compression());
        }
    }
}
