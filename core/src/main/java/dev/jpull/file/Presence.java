// SPDX-License-Identifier: Apache-2.0
package dev.jpull.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Whether there is something at a path; {@link Files#exists} says no as well when the system does not let it look. */
public final class Presence {
    private Presence() {}

    /**
     * Whether there is something at a path, of any kind. A symbolic link is there, even if its target is not.
     *
     * @throws IOException if that cannot be told, for want of permission on a directory above it for example
     */
    public static boolean of(Path path) throws IOException {
        return of(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether something may be at a path, or where its link leads; true when that cannot be told, so that reading it fails. */
    public static boolean mayBe(Path path) {
        try {
            return of(path, new LinkOption[0]);
        } catch (IOException e) {
            return true; // it is reported by what reads the path
        }
    }

    private static boolean of(Path path, LinkOption... links) throws IOException {
        try {
            Files.readAttributes(path, BasicFileAttributes.class, links);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            if (isBelowFile(path)) {
                return false;
            }
            throw e;
        }
    }

    /** A home directory is {@code /dev/null} where there is to be none. */
    private static boolean isBelowFile(Path path) {
        Path above = path.getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        return above != null && !Files.isDirectory(above);
    }
}
