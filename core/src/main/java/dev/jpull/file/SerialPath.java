// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import java.io.Serializable;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A path in a serialized form. A URI keeps every byte of it, whatever the encoding of file names is where it is read.
 *
 * @param uri the absolute path, as a URI of the scheme {@code file}
 */
public record SerialPath(String uri) implements Serializable {
    /** Checks that there is one. */
    public SerialPath {
        Objects.requireNonNull(uri, "uri");
    }

    /** The form of a path. */
    public static SerialPath of(Path path) {
        return new SerialPath(path.toUri().toString());
    }

    /**
     * The path.
     *
     * @throws IllegalArgumentException if it is no path of a file
     */
    public Path toPath() {
        URI parsed = URI.create(uri);
        if (!"file".equals(parsed.getScheme())) {
            throw new IllegalArgumentException("a serialized path must be a URI of the scheme \"file\"");
        }
        return Path.of(parsed);
    }
}
