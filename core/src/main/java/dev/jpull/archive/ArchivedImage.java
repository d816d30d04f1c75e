// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An image that an archive lists.
 *
 * @param root its manifest or index
 * @param names its full names; may be empty
 * @param tag the tag that the archive gives it without a repository, or empty
 * @param text what the archive says of it, harmless, for messages
 */
record ArchivedImage(Descriptor root, List<ImageReference> names, String tag, String text) {
    ArchivedImage {
        names = List.copyOf(names);
    }

    /** The full name in a text of the archive; empty for a tag alone, and for what is no name. */
    static Optional<ImageReference> fullName(String text) {
        if (text.indexOf('/') < 0 && text.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(ImageReference.parse(text));
        } catch (ReferenceException e) {
            return Optional.empty();
        }
    }

    /** Whether a text can be a tag. */
    static boolean isTag(String text) {
        try {
            return text.equals(ImageReference.parse("x:" + text).tag());
        } catch (ReferenceException e) {
            return false;
        }
    }

    /** What the archive says of an image, for messages. */
    static String text(Descriptor root, List<String> saying) {
        List<String> parts = new ArrayList<>();
        parts.add(root.digest().toString());
        if (root.platform() != null) {
            parts.add(ForeignText.line(root.platform().formatAll(), 80));
        }
        saying.forEach(said -> parts.add(ForeignText.line(withoutPassword(said), 120)));
        return String.join(", ", parts);
    }

    /** A text without what may be a user and a password before the last at sign, as {@code user:password@host} has them. */
    static String withoutPassword(String text) {
        int end = text.lastIndexOf('@');
        if (end >= 0 && Digest.check(text.substring(end + 1)) == null) {
            end = text.lastIndexOf('@', end - 1); // what follows the other one is a digest
        }
        return end > 0 && text.lastIndexOf(':', end) >= 0 ? "***" + text.substring(end) : text;
    }
}
