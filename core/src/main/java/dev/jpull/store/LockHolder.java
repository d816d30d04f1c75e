// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Which process holds a lock, for messages. The holder makes an empty file beside the lock file, and its name says process and
 * host: nothing is written to a file that may be another user's. Such a file may be old, or forged by another user;
 * only messages depend on it.
 */
final class LockHolder {
    private static final System.Logger LOGGER = System.getLogger(LockHolder.class.getName());
    private static final String SELF = pid() + "@" + host();
    private static final int MAX_HOST = 64;

    private final StoreDirectory directory;
    private final String prefix;

    LockHolder(StoreDirectory directory, String lockFile, long position) {
        this.directory = directory;
        this.prefix = lockFile + "." + Long.toHexString(position) + ".";
    }

    private static String pid() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self"))
                    .toString(); // quicker than ProcessHandle, which is Java's way
        } catch (IOException | UnsupportedOperationException e) {
            return String.valueOf(ProcessHandle.current().pid());
        }
    }

    private static String host() {
        String name;
        try {
            name = Files.readString(Path.of("/proc/sys/kernel/hostname"));
        } catch (IOException e) {
            name = System.getenv().getOrDefault("COMPUTERNAME", "this-host"); // without asking a name server
        }
        StringBuilder host = new StringBuilder();
        for (int i = 0; i < name.length() && host.length() < MAX_HOST; i++) {
            char c = name.charAt(i);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.') {
                host.append(c);
            }
        }
        return host.toString();
    }

    /** Says that this process holds the lock; returns the name of the file that says so, or null when it could not be made. */
    @Nullable
    String mark() {
        String name = prefix + SELF;
        try {
            try {
                directory.create(name).close();
            } catch (FileAlreadyExistsException e) {
                directory.delete(name); // of a process that had the same number, and was killed
                directory.create(name).close();
            }
            return name;
        } catch (IOException e) {
            // A full disk, or another user's file in a sticky directory: others will not be told which process they
            // wait for.
            LOGGER.log(System.Logger.Level.DEBUG, "cannot note which process holds a lock", e);
            return null;
        }
    }

    /** The holder in words: {@code another process (pid 17 on host)}. */
    String describe() {
        Newest found = new Newest();
        try {
            directory.visitNames(found);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the process that holds a lock cannot be determined", e);
        }
        String newest = found.holder;
        if (newest == null) {
            return "another process";
        }
        if (newest.equals(SELF)) {
            return "another pull of this process";
        }
        int at = newest.indexOf('@');
        return at <= 0
                ? "another process"
                : "another process (pid " + ForeignText.line(newest.substring(0, at)) + " on "
                        + ForeignText.line(newest.substring(at + 1)) + ")";
    }

    /** Finds the newest of the files that are named after holders, of which there may be any number. */
    private final class Newest implements StoreDirectory.NameVisitor {
        private @Nullable String holder;
        private @Nullable FileTime time;

        @Override
        public void visit(String name) throws IOException {
            if (name.startsWith(prefix)) {
                FileTime made = directory.attributes(name).lastModifiedTime();
                if (time == null || made.compareTo(time) > 0) {
                    holder = name.substring(prefix.length());
                    time = made;
                }
            }
        }
    }
}
