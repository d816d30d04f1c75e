// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import java.nio.file.Path;
import java.util.Map;

/** The user's directories, which are never below the working directory: a relative path in a variable does not count. */
public final class HomeDirectory {
    private HomeDirectory() {}

    /**
     * {@code $HOME}, else what the system knows of the user, else the root of the file system.
     *
     * @throws dev.jpull.error.ConfigurationException if no file can have such a name
     */
    public static Path of(Map<String, String> environment) {
        Path home = EnvironmentPath.of("HOME", environment.getOrDefault("HOME", ""));
        if (home.isAbsolute()) {
            return home;
        }
        Path known = EnvironmentPath.of("the property user.home", System.getProperty("user.home", ""));
        return known.isAbsolute() ? known : Path.of("").toAbsolutePath().getRoot();
    }

    /**
     * A directory of the XDG base directory specification, which says that a relative path is to be ignored.
     *
     * @param variable its variable, such as {@code XDG_DATA_HOME}
     * @param below where it is in the home directory when the variable is not set, such as {@code .local/share}
     * @throws dev.jpull.error.ConfigurationException if no file can have such a name
     */
    public static Path xdg(Map<String, String> environment, String variable, String below) {
        Path directory = EnvironmentPath.of(variable, environment.getOrDefault(variable, ""));
        return directory.isAbsolute() ? directory : of(environment).resolve(below);
    }
}
