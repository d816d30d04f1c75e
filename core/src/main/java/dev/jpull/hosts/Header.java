// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

/**
 * A header that is sent to one host with every request. The value may be a secret and is never printed.
 *
 * @param name the name as written
 * @param value the value
 */
public record Header(String name, String value) {
    /** The name alone: the value may be a secret. */
    @Override
    public String toString() {
        return name + ": ***";
    }
}
