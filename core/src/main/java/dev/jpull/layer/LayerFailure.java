// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeException;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.tar.TarException;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** Failures while content of a layer is read, in messages that name the layer. */
final class LayerFailure {
    private LayerFailure() {}

    /**
     * An {@link IntegrityException} for content that is not usable, a {@link PullCancelledException} after an interrupt, and a
     * {@link StoreException} for everything else.
     */
    static PullException of(PlannedLayer layer, IOException failure) {
        String reason = failure.getMessage() == null ? failure.toString() : ForeignText.line(failure.getMessage());
        if (failure instanceof DecodeException || failure instanceof TarException) {
            return new IntegrityException(FailureDetails.of(layer.label() + " is not usable: " + reason)
                    .causedBy(failure));
        }
        if (failure instanceof InterruptedIOException || failure instanceof ClosedByInterruptException) {
            return new PullCancelledException("interrupted while reading " + layer.label(), failure);
        }
        return new StoreException(FailureDetails.of("cannot read " + layer.label() + ": " + reason)
                .causedBy(failure));
    }
}
