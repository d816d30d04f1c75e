// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.list.ListEntry;
import dev.jpull.list.ListFiles;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lists of images, as docs/lists.md describes them: a text with a reference on each line, or YAML with repositories, and rules for
 * their tags. Reading one sends no request. Immutable.
 *
 * @since 0.1.0
 */
public final class ImageList {
    /** How many repositories {@link #toString} names. */
    private static final int SHOWN = 3;

    private final List<ListEntry> entries;

    private ImageList(List<ListEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads files.
     *
     * @param files the files of the list
     * @return the images of the list
     * @throws dev.jpull.error.ConfigurationException if one cannot be read or has mistakes; the message has their positions
     */
    public static ImageList read(Path... files) {
        List<ListEntry> entries = new ArrayList<>();
        for (Path file : Objects.requireNonNull(files, "files")) {
            entries.addAll(ListFiles.read(file));
        }
        return new ImageList(entries);
    }

    /**
     * Reads a stream to its end.
     *
     * @param name stands for the file in messages
     * @param in the text of the list
     * @return the images of the list
     * @throws dev.jpull.error.ConfigurationException if it cannot be read or has mistakes; the message has their positions
     */
    public static ImageList read(InputStream in, String name) {
        Objects.requireNonNull(in, "in");
        return new ImageList(ListFiles.read(in, Path.of(Objects.requireNonNull(name, "name"))));
    }

    /**
     * {@return a list of references}
     *
     * @param references references as users write them
     * @throws dev.jpull.error.ReferenceException if one is none
     */
    public static ImageList of(String... references) {
        return new ImageList(Arrays.stream(Objects.requireNonNull(references, "references"))
                .map(ListEntry::of)
                .toList());
    }

    /**
     * {@return this list and another one behind it}
     *
     * @param other the list behind this one
     */
    public ImageList and(ImageList other) {
        List<ListEntry> both = new ArrayList<>(entries);
        both.addAll(Objects.requireNonNull(other, "other").entries);
        return new ImageList(both);
    }

    /** {@return the repositories that are named, in full and each once, such as {@code docker.io/library/busybox}} */
    public List<String> repositories() {
        Set<String> names = new LinkedHashSet<>();
        entries.forEach(entry -> names.add(entry.repository().name()));
        return List.copyOf(names);
    }

    /** How many entries the list has, and the first three of their repositories. */
    @Override
    public String toString() {
        List<String> names = repositories();
        return entries.size()
                + (entries.size() == 1 ? " entry: " : " entries: ")
                + names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? ", ..." : "");
    }

    List<ListEntry> entries() {
        return entries;
    }
}
