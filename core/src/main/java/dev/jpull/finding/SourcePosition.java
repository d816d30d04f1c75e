// SPDX-License-Identifier: Apache-2.0
package dev.jpull.finding;

import dev.jpull.text.ForeignText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a setting was written.
 *
 * @param file the file or directory, or null for a built-in default
 * @param line the line, from 1, or 0 when the whole file is meant
 * @param column the column, from 1, or 0 when the whole line is meant
 * @since 0.1.0
 */
public record SourcePosition(@Nullable Path file, int line, int column) {
    /** A built-in default, which is in no file. */
    public static final SourcePosition BUILT_IN = new SourcePosition(null, 0, 0);

    /** What the program has given instead of a file. */
    public static final SourcePosition PROGRAM = new SourcePosition(null, 0, 1);

    /**
     * {@return a whole file or directory}
     *
     * @param file the path of the file or directory
     */
    public static SourcePosition of(Path file) {
        return new SourcePosition(file, 0, 0);
    }

    /** The position as {@code file:line:column}. */
    @Override
    public String toString() {
        if (file == null) {
            return equals(PROGRAM) ? "given by the program" : "built-in default";
        }
        return ForeignText.message(file.toString()) + (line > 0 ? ":" + line : "") + (column > 0 ? ":" + column : "");
    }
}
