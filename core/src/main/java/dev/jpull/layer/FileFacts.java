// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import java.time.Instant;

/**
 * What a layer says about a file; hard links share that of their target.
 *
 * @param layer the place of the layer in the image, 0 for the base
 * @param entry which entry of the layer has the content, from 0
 * @param type its type; a hard link only when its target is in a layer below
 * @param mode permissions, within 07777
 * @param uid its owner
 * @param gid its group
 * @param modified when it was modified
 * @param size how many bytes a file has
 * @param link the target of a link, or empty
 */
public record FileFacts(
        int layer,
        long entry,
        EntryType type,
        int mode,
        long uid,
        long gid,
        Instant modified,
        long size,
        RawPath link) {
    private static final int IMPLIED_MODE = 0755;

    static FileFacts of(int layer, long number, TarEntry entry) {
        return new FileFacts(
                layer,
                number,
                entry.type(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.modified(),
                entry.size(),
                entry.link());
    }

    /** A directory that no entry describes, but that others are in. */
    static FileFacts ofImpliedDirectory(int layer) {
        return new FileFacts(
                layer, -1, EntryType.DIRECTORY, IMPLIED_MODE, 0, 0, Instant.EPOCH, 0, RawPath.of(new byte[0]));
    }
}
