// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a pulled image.
 *
 * @param path its file in the store, as it was served, usually compressed
 * @param digest its digest
 * @param mediaType its type
 * @param size its size in bytes
 * @param diffId the digest of its uncompressed content, or null for something that is no image layer
 * @param host the origin that sent it; empty when nothing had to be fetched
 * @param bytesFetched how many bytes were fetched
 * @param bytesResumed how many bytes an earlier pull had left
 * @param retries how often its transfer was tried again
 * @param present whether it was in the store before
 */
public record PulledLayer(
        Path path,
        Digest digest,
        MediaType mediaType,
        long size,
        @Nullable Digest diffId,
        String host,
        long bytesFetched,
        long bytesResumed,
        int retries,
        boolean present) {}
