// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import org.jspecify.annotations.Nullable;

/** The environment variable that tells the launcher what to do about the archive of classes. */
final class ClassArchiveSetting {
    /** Its name. */
    static final String VARIABLE = "JPULL_ARCHIVE";

    private ClassArchiveSetting() {}

    /** What is wrong with a value of the variable, or null; the launcher uses no archive with a value that is wrong. */
    static @Nullable String problem(@Nullable String setting) {
        return setting == null || setting.isEmpty() || setting.equals("wait") || setting.equals("off")
                ? null
                : VARIABLE + " has to be wait or off";
    }
}
