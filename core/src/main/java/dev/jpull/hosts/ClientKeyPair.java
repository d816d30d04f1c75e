// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.nio.file.Path;
import java.util.Objects;

/**
 * The files of a client certificate.
 *
 * @param certificate the PEM file with the certificate and its chain
 * @param key the PEM file with the private key; the same file when it holds both
 */
public record ClientKeyPair(Path certificate, Path key) {
    /** Both are needed. */
    public ClientKeyPair {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
    }
}
