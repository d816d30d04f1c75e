// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.PrintableText;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/**
 * Detects file names that Java cannot express. Java takes the encoding of names and arguments from the locale, once, when
 * the process starts; in the locale C, everything but ASCII is lost. The launcher sets a locale, {@code java -jar} does
 * not.
 */
final class FileNames {
    private static final char LOST = '\ufffd';

    private FileNames() {}

    /** The problem of the working directory or of the first argument that lost characters, or null. */
    static @Nullable String problem(String... args) {
        String directory = System.getProperty("user.dir", "");
        if (directory.indexOf(LOST) >= 0) {
            return "the working directory \"" + PrintableText.line(directory) + "\" cannot be decoded: " + remedy();
        }
        for (String arg : args) {
            if (arg.indexOf(LOST) >= 0) {
                return "the argument \"" + PrintableText.line(arg) + "\" cannot be decoded: " + remedy();
            }
        }
        return null;
    }

    /** The problem of the file name that caused a failure, or null when the cause is another. */
    static @Nullable String problem(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof InvalidPathException invalid) {
                String name = "\"" + PrintableText.line(invalid.getInput()) + "\" cannot be a file name: ";
                return name + (isUnicode() ? PrintableText.line(invalid.getReason()) : remedy());
            }
        }
        return null;
    }

    private static boolean isUnicode() {
        return encoding().equalsIgnoreCase("UTF-8");
    }

    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "unknown");
    }

    private static String remedy() {
        return "file names are in " + encoding()
                + (isUnicode()
                        ? "; rename the file"
                        : " in this locale; set LC_ALL=C.UTF-8, or use the launcher of jpull, which sets it");
    }
}
