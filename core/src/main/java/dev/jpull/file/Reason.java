// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says why a file could not be used, without repeating its name. */
public final class Reason {
    private Reason() {}

    /** A sentence part, such as {@code permission denied}; made harmless, because the names of files are not ours. */
    public static String of(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return ForeignText.line(failure.getReason());
        }
        return ForeignText.line(String.valueOf(e.getMessage()));
    }
}
