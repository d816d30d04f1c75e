// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an entry of a layer belongs, by its path alone: absolute paths begin at the root of the image, and a {@code ..} takes back the
 * component before it and stops at the root, as containerd and umoci clean paths.
 *
 * @param meaning what the path stands for
 * @param parents the directories from the root on; may lead through links
 * @param name the name in the last of them, without the prefix of whiteouts; that of the root is empty
 */
record EntryPath(Meaning meaning, List<RawPath> parents, RawPath name) {
    /** The prefix of names that stand for whiteouts. */
    static final String WHITEOUT = ".wh.";
    /** The name of the marker of an opaque directory. */
    static final String OPAQUE = ".wh..wh..opq";

    private static final String RESERVED = ".wh..wh.";
    private static final RawPath NONE = RawPath.of("");

    static final int MAX_LENGTH = 4096;
    static final int MAX_NAME_LENGTH = 255;
    static final int MAX_DEPTH = 256;

    /** What a path stands for. */
    enum Meaning {
        /** A file, directory, link or device. */
        NODE,
        /** The root of the image. */
        ROOT,
        /** A name that lower layers have is hidden. */
        WHITEOUT,
        /** All that lower layers have in the directory is hidden. */
        OPAQUE,
        /** What AUFS kept for itself, which is no part of the image. */
        RESERVED
    }

    /**
     * Reads a path.
     *
     * @throws TarException if it is too long or too deep, or misuses the prefix of whiteouts
     */
    static EntryPath of(RawPath path) throws TarException {
        if (path.length() > MAX_LENGTH) {
            throw new TarException(
                    path + " has " + path.length() + " bytes, and a path has " + MAX_LENGTH + " at most");
        }
        List<RawPath> all = path.components();
        boolean reserved = false;
        for (int i = 0; i < all.size(); i++) {
            RawPath component = all.get(i);
            if (component.startsWith(RESERVED) && !component.is(OPAQUE)) {
                reserved = true;
            } else if (component.startsWith(WHITEOUT) && i < all.size() - 1) {
                throw new TarException(path + " has the prefix of whiteouts in a directory's name");
            }
        }
        List<RawPath> cleaned = clean(path, all);
        if (reserved) {
            return new EntryPath(Meaning.RESERVED, List.of(), NONE);
        }
        if (cleaned.isEmpty()) {
            return new EntryPath(Meaning.ROOT, List.of(), NONE);
        }
        RawPath last = cleaned.get(cleaned.size() - 1);
        List<RawPath> parents = cleaned.subList(0, cleaned.size() - 1);
        if (last.is(OPAQUE)) {
            return new EntryPath(Meaning.OPAQUE, parents, NONE);
        }
        if (last.startsWith(WHITEOUT)) {
            return new EntryPath(Meaning.WHITEOUT, parents, hidden(path, last));
        }
        return new EntryPath(Meaning.NODE, parents, last);
    }

    private static RawPath hidden(RawPath path, RawPath marker) throws TarException {
        RawPath name = marker.from(WHITEOUT.length());
        if (name.length() == 0 || name.is(".") || name.is("..")) {
            throw new TarException(path + " is a whiteout of no name that a file can have");
        }
        return name;
    }

    /**
     * The name of the marker that hides a name of layers below.
     *
     * @param parent where the name is
     * @throws TarException if the name is so long that no marker can be made for it
     */
    static RawPath markerOf(RawPath parent, RawPath name) throws TarException {
        if (name.length() > MAX_NAME_LENGTH - WHITEOUT.length()) {
            throw new TarException(parent.child(name) + " has a name of " + name.length()
                    + " bytes, and has to hide what layers below have under that name: that is possible for names of "
                    + (MAX_NAME_LENGTH - WHITEOUT.length()) + " bytes at most");
        }
        byte[] marker = new byte[WHITEOUT.length() + name.length()];
        for (int i = 0; i < WHITEOUT.length(); i++) {
            marker[i] = (byte) WHITEOUT.charAt(i);
        }
        System.arraycopy(name.bytes(), 0, marker, WHITEOUT.length(), name.length());
        return RawPath.of(marker);
    }

    /** The components from the root on, {@code ..} applied. */
    static List<RawPath> clean(RawPath path, List<RawPath> components) throws TarException {
        List<RawPath> cleaned = new ArrayList<>(components.size());
        for (RawPath component : components) {
            if (!component.is("..")) {
                if (component.length() > MAX_NAME_LENGTH) {
                    throw new TarException(path + " has a name of " + component.length() + " bytes, and a name has "
                            + MAX_NAME_LENGTH + " at most");
                }
                cleaned.add(component);
            } else if (!cleaned.isEmpty()) {
                cleaned.remove(cleaned.size() - 1);
            }
        }
        if (cleaned.size() > MAX_DEPTH) {
            throw new TarException(path + " is in " + cleaned.size() + " directories, and " + MAX_DEPTH
                    + " is the most that is unpacked");
        }
        return cleaned;
    }
}
