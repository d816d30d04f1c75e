// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.secret.Secret;

/**
 * A header that is sent to one host with every request. The value may be a secret and is never printed.
 *
 * @param name the name as written
 * @param value the value
 */
public record Header(String name, Secret value) {
    /** A header whose value is hidden from now on. */
    public Header(String name, String value) {
        this(name, Secret.of(value));
    }
}
