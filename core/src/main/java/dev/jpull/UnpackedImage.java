// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.file.SerialForm;
import dev.jpull.file.SerialPath;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.pull.UnpackedContent;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * An image that was unpacked into a directory. Immutable.
 *
 * @param image the image, which is in the store as well
 * @param directory the root file system
 * @param entries how many entries its layers have, those that layers above hide or replace included; with chosen paths, how many were
 *     written
 * @param bytes how many bytes the files of these entries have together, holes included
 * @param notPossible what the image has and the directory lacks, in words: owners, devices or extended attributes that this
 *     process may not set. Each line is harmless text
 * @since 0.1.0
 */
public record UnpackedImage(PulledImage image, Path directory, long entries, long bytes, List<String> notPossible)
        implements Serializable {
    /** Copies the list. */
    public UnpackedImage {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(directory, "directory");
        notPossible = List.copyOf(notPossible);
    }

    /** {@return what is written instead} */
    private Object writeReplace() {
        return new Form(image, SerialPath.of(directory), entries, bytes, notPossible);
    }

    /**
     * The serialized form: paths are not serializable.
     *
     * @param image as in the result
     * @param directory the path in a form that is serializable
     * @param entries as in the result
     * @param bytes as in the result
     * @param notPossible as in the result
     */
    private record Form(PulledImage image, SerialPath directory, long entries, long bytes, List<String> notPossible)
            implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read(
                    "an unpacked image",
                    () -> new UnpackedImage(image, directory.toPath(), entries, bytes, notPossible));
        }
    }

    static UnpackedImage of(UnpackedContent content, LayerDecoding decoding) {
        return new UnpackedImage(
                new PulledImage(content.image(), decoding),
                content.directory(),
                content.report().entries(),
                content.report().bytes(),
                content.report().notPossible());
    }
}
