// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries beside the jar. Java would be ended by a signal while it reads one that was cut off, and would wait for ever
 * for one that is a named pipe; therefore they are compared with the sizes that the build noted before one is loaded.
 */
final class NativeLibraries {
    /** The system property by which the launcher names their directory. */
    private static final String DIRECTORY = "jpull.native";

    private static final long MAX_SIZES_BYTES = 4096;

    private NativeLibraries() {}

    /** Why no library may be loaded from the directory that the launcher named, or null; null too when it named none. */
    static @Nullable String problem() {
        String directory = System.getProperty(DIRECTORY);
        return directory == null ? null : problem(Path.of(directory));
    }

    /** Why no library may be loaded from a directory, or null. */
    static @Nullable String problem(Path directory) {
        Path sizes = directory.resolve("sizes");
        try {
            if (!Files.isRegularFile(sizes) || Files.size(sizes) > MAX_SIZES_BYTES) {
                return sizes + " is no file with the sizes of the libraries";
            }
            for (String line : Files.readAllLines(sizes)) {
                Path library = directory.resolve(line.substring(0, Math.max(0, line.lastIndexOf(' '))));
                boolean there = Files.exists(
                        library, LinkOption.NOFOLLOW_LINKS); // a package may leave out those of other systems
                if (there && !(Files.isRegularFile(library) && line.endsWith(" " + Files.size(library)))) {
                    return library + " is no file of the size that the build noted";
                }
            }
            return null;
        } catch (IOException e) {
            return sizes + " cannot be read: " + e;
        }
    }
}
