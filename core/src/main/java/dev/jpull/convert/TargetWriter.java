// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import java.util.List;
import java.util.Map;

/** Writes the entries of a configuration in one dialect. */
interface TargetWriter {
    /** The files by their paths in the target directory; a dialect of one file has the empty path. */
    Map<String, WrittenText> write(List<Entry> entries);
}
