// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.BlobRequest;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * The stream of a blob, and the permit for its request.
 *
 * @param stream what the host sends
 * @param permit is kept as long as the stream is open
 */
record OpenBlob(BlobStream stream, ConnectionBudget.Permit permit) implements AutoCloseable {
    /** Sends a request with a permit, which ends with the stream, or when there is none. */
    static OpenBlob by(
            BlobRequest request,
            RegistryEndpoint endpoint,
            Cancellation calls,
            ConnectionBudget.Permit permit,
            LongSupplier nanoTime)
            throws IOException, HostFailure {
        BlobStream stream = null;
        try {
            stream = request.open(endpoint, calls, nanoTime);
            permit.answered(stream.answerTime());
            return new OpenBlob(stream, permit);
        } catch (HostFailure e) {
            permit.refusedBy(e);
            throw e;
        } finally {
            if (stream == null) {
                permit.close();
            }
        }
    }

    @Override
    public void close() {
        stream.close();
        permit.close();
    }
}
