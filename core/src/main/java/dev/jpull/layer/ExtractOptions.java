// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

/**
 * How a layer is unpacked.
 *
 * @param ownership which owners files get. Set-user-ID and set-group-ID bits, and {@code security.capability}, are kept only
 *     where the owner is that of the layer
 * @param devices whether devices are made; that needs a privilege, and is reported where it is missing
 */
public record ExtractOptions(Ownership ownership, boolean devices) {
    /** What a process with this effective user can do: all of it as root, else neither owners nor devices. */
    public static ExtractOptions forUser(long effectiveUser) {
        return effectiveUser == 0
                ? new ExtractOptions(Ownership.ofLayer(), true)
                : new ExtractOptions(Ownership.ofProcess(), false);
    }
}
