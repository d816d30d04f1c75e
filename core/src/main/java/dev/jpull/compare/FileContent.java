// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.file.RegularFile;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What tells one certificate or key file from another. Two configurations are often two copies in different places, so that a
 * file counts by its content. A file that cannot be read here, because it is on the node alone, counts by its path: below the
 * configuration by the rest of the path, elsewhere by the whole path.
 */
final class FileContent {
    private static final int MAX_SIZE = 4 << 20;

    private final Path root;

    /** For the files of one configuration. */
    FileContent(Path configuration) {
        Path absolute = configuration.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        root = Files.isDirectory(absolute) || parent == null ? absolute : parent;
    }

    /** A text that is equal for files that count as the same. */
    String identity(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        try {
            return Digest.sha256(RegularFile.read(absolute, MAX_SIZE)).toString();
        } catch (IOException e) {
            return absolute.startsWith(root)
                    ? "below the configuration: " + root.relativize(absolute)
                    : absolute.toString();
        }
    }
}
