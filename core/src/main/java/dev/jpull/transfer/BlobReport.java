// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.image.Descriptor;
import java.io.Serializable;
import java.util.Objects;

/**
 * How a blob came into the store.
 *
 * @param descriptor the blob
 * @param host the origin that sent the last of it; empty when nothing had to be fetched
 * @param bytesFetched how many bytes were fetched, those of attempts that came to nothing included
 * @param bytesResumed how many bytes an earlier pull had left
 * @param retries how often the transfer was tried again
 * @param present whether it was in the store before
 */
public record BlobReport(
        Descriptor descriptor, String host, long bytesFetched, long bytesResumed, int retries, boolean present)
        implements Serializable {
    /** Checks that the parts are there. */
    public BlobReport {
        Objects.requireNonNull(descriptor, "descriptor");
        Objects.requireNonNull(host, "host");
    }
}
