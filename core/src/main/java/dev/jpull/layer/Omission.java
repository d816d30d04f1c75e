// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.util.List;

/**
 * Something that was not unpacked as the layer has it, because it was not possible or not allowed.
 *
 * @param kind what
 * @param count how often
 * @param examples some entries, harmless for a terminal, with the reason where it is not the same for all
 */
public record Omission(Kind kind, long count, List<String> examples) {
    /** Copies the list. */
    public Omission {
        examples = List.copyOf(examples);
    }

    /** What was not possible. */
    public enum Kind {
        /** Files belong to another user or group than the layer says. */
        OWNER("have another owner"),
        /** Set-user-ID and set-group-ID bits were dropped, because the file has another owner. */
        SET_ID("lost their set-user-ID or set-group-ID bit, because they have another owner"),
        /** Devices were not made; that needs a privilege. */
        DEVICE("are devices that were not made"),
        /** Extended attributes were not set: the file system has none, a privilege is missing, or images may not set them. */
        XATTR("have extended attributes that were not set"),
        /** Names that AUFS keeps for itself were skipped. */
        RESERVED("have names that AUFS keeps for itself, and were skipped");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** What is to be said of entries, as in "3 entries …". */
        public String text() {
            return text;
        }
    }
}
