// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import java.util.List;

/**
 * What unpacking an image has done.
 *
 * @param entries how many files, directories, links and devices the layers have
 * @param bytes how many bytes their files have, holes included
 * @param notPossible what could not be set or made, in words
 */
public record UnpackReport(long entries, long bytes, List<String> notPossible) {
    /** Copies the list. */
    public UnpackReport {
        notPossible = List.copyOf(notPossible);
    }
}
