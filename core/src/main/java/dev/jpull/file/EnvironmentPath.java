// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import dev.jpull.error.ConfigurationException;
import dev.jpull.text.ForeignText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A path that a variable of the environment has. */
public final class EnvironmentPath {
    private EnvironmentPath() {}

    /**
     * The path.
     *
     * @param variable what has it, for the message
     * @throws ConfigurationException if no file can have such a name: the runtime takes the encoding of names from the locale, and in
     *     the locale C it has ASCII alone
     */
    public static Path of(String variable, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            String encoding = System.getProperty("sun.jnu.encoding", "unknown");
            throw new ConfigurationException(
                    variable + " is \"" + ForeignText.line(text) + "\", which cannot be the name of a file ("
                            + ForeignText.line(e.getReason()) + "): file names are in " + encoding
                            + " here; correct it, or run in a UTF-8 locale, such as with LC_ALL=C.UTF-8",
                    e);
        }
    }
}
