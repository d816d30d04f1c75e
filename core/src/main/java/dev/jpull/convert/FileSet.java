// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Files that are written all or not at all: first beside their places, then they are moved there. Nothing is overwritten.
 *
 * @param files the files by their paths in the target directory; a single file has the empty path
 */
record FileSet(Map<String, WrittenText> files) {
    /**
     * Writes the files.
     *
     * @param target the directory, or the single file
     * @throws ConfigurationException if one of them is there already, or cannot be written
     */
    void write(Path target) {
        if (files.isEmpty()) {
            return;
        }
        Map<Path, WrittenText> places = new LinkedHashMap<>();
        files.forEach((file, text) -> places.put(target.toAbsolutePath().resolve(file), text));
        for (Path place : places.keySet()) {
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                throw exists(place);
            }
            refuseLinks(target.toAbsolutePath(), place);
        }
        Deque<Path> made = new ArrayDeque<>();
        try {
            for (Path place : places.keySet()) {
                createDirectories(parent(place), made);
            }
            Path staging = Files.createTempDirectory(parent(target.toAbsolutePath()), ".jpull-");
            try {
                publish(stage(places, staging), made);
            } finally {
                delete(staging);
            }
        } catch (IOException e) {
            throw undone(made, e);
        }
    }

    /** A link below the target may have been made by another user of the machine, and the files would be where that user can change them. */
    private static void refuseLinks(Path target, Path place) {
        for (Path each = parent(place); !each.equals(target) && each.startsWith(target); each = parent(each)) {
            if (Files.isSymbolicLink(each)) {
                throw new ConfigurationException(
                        each + " is a symbolic link, and nothing was written: remove it, or name another directory");
            }
        }
    }

    private static Map<Path, Path> stage(Map<Path, WrittenText> places, Path staging) throws IOException {
        Map<Path, Path> staged = new LinkedHashMap<>();
        for (Map.Entry<Path, WrittenText> place : places.entrySet()) {
            Path file = staging.resolve(String.valueOf(staged.size()));
            if (place.getValue().hasSecrets()
                    && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, place.getValue().text());
            staged.put(file, place.getKey());
        }
        return staged;
    }

    private static void publish(Map<Path, Path> staged, Deque<Path> made) throws IOException {
        for (Map.Entry<Path, Path> file : staged.entrySet()) {
            Files.move(file.getKey(), file.getValue());
            made.push(file.getValue());
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static void createDirectories(Path directory, Deque<Path> made) throws IOException {
        Deque<Path> absent = new ArrayDeque<>();
        for (Path each = directory; each != null && !Files.exists(each); each = each.getParent()) {
            absent.push(each);
        }
        for (Path each : absent) {
            Files.createDirectory(each);
            made.push(each);
        }
    }

    /** Removes what was made, the last first, and says why nothing was written. */
    private static ConfigurationException undone(Deque<Path> made, IOException reason) {
        ConfigurationException failure = reason instanceof FileAlreadyExistsException there
                ? exists(Path.of(there.getFile()))
                : new ConfigurationException(
                        "the files cannot be written, and nothing was written: " + Reason.of(reason), reason);
        for (Path path : made) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        return failure;
    }

    private static ConfigurationException exists(Path path) {
        return new ConfigurationException(path + " exists already, and nothing was written: name another place");
    }

    /** Removes a directory with everything below it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
