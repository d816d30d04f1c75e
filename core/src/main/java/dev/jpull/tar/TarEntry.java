// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of an archive, extended headers (PAX, GNU) applied. All of it is what the archive says, and may mean harm.
 *
 * @param type what it stands for
 * @param path its path
 * @param link the target of a symbolic or hard link; empty for other types
 * @param mode permissions with set-user-ID, set-group-ID and sticky bits, within 07777
 * @param uid its owner, within 0 and 2^32-2
 * @param gid its group, within 0 and 2^32-2
 * @param modified when it was modified
 * @param accessed when it was read last, or null where the archive does not say
 * @param size how many bytes a file has, holes included; 0 for other types
 * @param sparse where the stored bytes of a sparse file belong, or null for a file without holes
 * @param major the major number of a device
 * @param minor the minor number of a device
 * @param xattrs extended attributes by name, such as {@code security.capability}, in the order of the archive
 */
public record TarEntry(
        EntryType type,
        RawPath path,
        RawPath link,
        int mode,
        long uid,
        long gid,
        Instant modified,
        @Nullable Instant accessed,
        long size,
        @Nullable SparseMap sparse,
        long major,
        long minor,
        Map<RawPath, byte[]> xattrs) {}
