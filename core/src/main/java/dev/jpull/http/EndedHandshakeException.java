// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.EOFException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** A host that has never completed a TLS handshake closed the connection during one. It may be a host without TLS. */
final class EndedHandshakeException extends SSLException {
    private static final long serialVersionUID = 1L;

    private final boolean local;

    /**
     * A failure.
     *
     * @param local whether the host is this machine, where registries without TLS are usual
     */
    EndedHandshakeException(IOException cause, boolean local) {
        super(cause.getMessage(), cause);
        this.local = local;
    }

    /** Whether a failure is the end of the connection during a handshake. */
    static boolean isFrom(IOException failure) {
        return failure instanceof SSLHandshakeException && failure.getCause() instanceof EOFException;
    }

    boolean isLocal() {
        return local;
    }
}
