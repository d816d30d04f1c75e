// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;
import java.io.Serializable;
import java.util.Objects;

/**
 * What a reference stands for.
 *
 * @param name the reference in full
 * @param root its manifest or index
 * @param host the origin that resolved the reference
 */
public record Resolution(String name, Descriptor root, String host) implements Serializable {
    /** Checks that the parts are there. */
    public Resolution {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(host, "host");
    }
}
