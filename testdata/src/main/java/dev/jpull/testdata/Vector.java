// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A case taken from the real code of containerd and of the libraries that it uses.
 *
 * @param id the name of the case
 * @param area what it is about
 * @param input what goes in
 * @param expect what came out of the real code, quirks included
 * @param quirk the footgun that the case shows, or null
 */
public record Vector(
        String id,
        String area,
        JsonNode input,
        JsonNode expect,
        @Nullable String quirk) {
    /** The case by its name. */
    @Override
    public String toString() {
        return id;
    }
}
