// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.text.ForeignText;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;

/**
 * What to do about names of files that Java cannot express. It takes the encoding of names and arguments from the locale of
 * the process, once, when it starts; in the locale C, everything but ASCII is lost. The launcher sees to that, but not
 * everything is started by it.
 */
final class FileNames {
    private static final char LOST = '\ufffd';

    private FileNames() {}

    /** What is wrong with the working directory or the first argument that has lost characters, or null when none has. */
    static @Nullable String complaint(String... args) {
        String directory = System.getProperty("user.dir", "");
        if (directory.indexOf(LOST) >= 0) {
            return "the working directory \"" + ForeignText.line(directory)
                    + "\" has bytes that are no characters here: " + remedy();
        }
        for (String arg : args) {
            if (arg.indexOf(LOST) >= 0) {
                return "the argument \"" + ForeignText.line(arg) + "\" has bytes that are no characters here: "
                        + remedy();
            }
        }
        return null;
    }

    /** What is wrong with the name of a file, if that is why something failed; else null. */
    static @Nullable String complaint(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof InvalidPathException invalid) {
                String name = "\"" + ForeignText.line(invalid.getInput()) + "\" cannot be the name of a file here: ";
                return name + (isUnicode() ? ForeignText.line(invalid.getReason()) : remedy());
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
        return "by the locale, names of files are in " + encoding()
                + (isUnicode()
                        ? "; rename the file"
                        : "; set LC_ALL=C.UTF-8, or start jpull by its launcher, which does");
    }
}
