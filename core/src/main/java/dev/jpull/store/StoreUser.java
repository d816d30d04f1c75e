// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/** The user that this process acts for. */
public final class StoreUser {
    private static final @Nullable UserPrincipal OWNER = owner();

    private StoreUser() {}

    private static @Nullable UserPrincipal owner() {
        try {
            return Files.getOwner(Path.of("/proc/self"));
        } catch (IOException | UnsupportedOperationException e) {
            return byName(); // not Linux
        }
    }

    private static @Nullable UserPrincipal byName() {
        try {
            return FileSystems.getDefault()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(System.getProperty("user.name", ""));
        } catch (IOException | UnsupportedOperationException e) {
            return null; // not known: the permissions of a directory have to do
        }
    }

    /** The name, or the number of a user without one, fit for a file name. */
    static String name() {
        StringBuilder name = new StringBuilder(OWNER == null ? "unknown" : OWNER.getName());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.')) {
                name.setCharAt(i, '_');
            }
        }
        return name.toString();
    }

    /** Whether this process runs as root, which may read and write every file. */
    static boolean isRoot() {
        return OWNER != null && OWNER.getName().equals("root");
    }

    /** Whether a file or directory is this user's. */
    public static boolean owns(BasicFileAttributes attributes) {
        return OWNER == null
                || !(attributes instanceof PosixFileAttributes posix)
                || posix.owner().equals(OWNER);
    }

    /** Whether this user, and apart from root no other, may change what a directory holds. */
    static boolean mayAloneWrite(BasicFileAttributes attributes) {
        return owns(attributes)
                && (!(attributes instanceof PosixFileAttributes posix)
                        || !posix.permissions().contains(PosixFilePermission.GROUP_WRITE)
                                && !posix.permissions().contains(PosixFilePermission.OTHERS_WRITE));
    }
}
