// SPDX-License-Identifier: Apache-2.0
package dev.jpull.lockfile;

import dev.jpull.image.LockedImage;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The content of a lock file. Immutable. Lines that are not changed keep their bytes, the end of the line included.
 *
 * @param head the comments at the beginning, with their line ends
 * @param lines the lines by the name of their image
 */
record LockDocument(String head, SortedMap<String, Line> lines) {
    static final String FORMAT = "# jpull lock file, version ";
    static final String VERSION = "1";

    /** A file that has no image yet. */
    static final LockDocument EMPTY = new LockDocument(
            FORMAT + VERSION + "\n# IMAGE DIGEST DATE HOST PLATFORM=DIGEST...\n", Collections.emptySortedMap());

    /** Stands for the host when none was asked. */
    static final String NO_HOST = "-";

    /**
     * A line.
     *
     * @param text as it is in the file, with its end
     */
    record Line(String text, LockedImage image) {}

    /** The line of an image, or null. */
    @Nullable
    LockedImage find(String name) {
        Line line = lines.get(name);
        return line == null ? null : line.image();
    }

    /** The images, sorted by name. */
    List<LockedImage> images() {
        return lines.values().stream().map(Line::image).toList();
    }

    /** The same with another line of an image. */
    LockDocument with(LockedImage image) {
        SortedMap<String, Line> changed = new TreeMap<>(lines);
        changed.put(image.name(), new Line(format(image) + lineEnd(), image));
        return new LockDocument(head, changed);
    }

    /** The file of git on Windows may have other line ends. */
    private String lineEnd() {
        return head.endsWith("\r\n") ? "\r\n" : "\n";
    }

    private static String format(LockedImage image) {
        return image.name() + " " + image.digest() + " " + image.date() + " "
                + (image.host().isEmpty() ? NO_HOST : image.host())
                + image.manifests().entrySet().stream()
                        .map(each -> " " + each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining());
    }

    /** The bytes of the file, with the lines in the order of their names. */
    byte[] bytes() {
        return lines.values().stream()
                .map(Line::text)
                .collect(Collectors.joining("", head, ""))
                .getBytes(StandardCharsets.UTF_8);
    }
}
