// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Which other users may change a store that root pulls into, and with it what root reads from there. */
final class StoreAccess {
    private static final System.Logger LOGGER = System.getLogger(StoreAccess.class.getName());
    private static final int STICKY = 01000;

    private StoreAccess() {}

    /** Warnings for root about the directories of a store and their parents; none for other users. */
    static List<String> warnings(Path root) {
        if (!StoreUser.isRoot()) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        try {
            Path store = root.toRealPath();
            for (Path parent = store.getParent(); parent != null; parent = parent.getParent()) {
                add(parent, true, warnings);
            }
            int ofParents = warnings.size();
            for (Path directory : List.of(store, store.resolve("blobs/sha256"), store.resolve("ingest"))) {
                if (Files.isDirectory(directory) && warnings.size() == ofParents) { // one of them says it all
                    add(directory, false, warnings);
                }
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the users with write access to the store cannot be determined", e);
        }
        return warnings;
    }

    /** In a sticky directory other users can make files, but not replace those that are there. */
    private static void add(Path directory, boolean stickyIsSafe, List<String> warnings) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class);
        boolean shared = attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        boolean safe = stickyIsSafe && shared && isSticky(directory);
        boolean foreign = !StoreUser.owns(attributes);
        if (foreign || shared && !safe) {
            warnings.add("other users than root may write to " + directory + " (owner "
                    + attributes.owner().getName() + ", mode "
                    + PosixFilePermissions.toString(attributes.permissions())
                    + ") and so change what root pulls into the store and reads from it: \""
                    + (foreign ? "chown root " + directory + "\"" + (shared ? " and \"" : "") : "")
                    + (shared ? "chmod go-w " + directory + "\"" : "")
                    + ", or choose another directory for the store");
        }
    }

    private static boolean isSticky(Path directory) throws IOException {
        return Files.getAttribute(directory, "unix:mode") instanceof Integer mode && (mode & STICKY) != 0;
    }
}
