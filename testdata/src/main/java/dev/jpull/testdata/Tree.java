// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tree that must come out, in the form of {@link TreeListing#shape()}. Names are UTF-8. Not thread-safe. */
public final class Tree {
    private final SortedMap<String, String> lines = new TreeMap<>();

    /** A directory with the mode 755. */
    public Tree dir(String path) {
        return dir(path, 0755);
    }

    /** A directory. */
    public Tree dir(String path, int mode) {
        return line(path, directory(mode));
    }

    /** The directories from the first to the last component of a path, each with the mode 755. */
    public Tree dirs(String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            dir(path.substring(0, slash));
        }
        return dir(path);
    }

    /** A file with the mode 644. */
    public Tree file(String path, String content) {
        return file(path, content, 0644);
    }

    /** A file. */
    public Tree file(String path, String content, int mode) {
        return line(path, file(sha256(content.getBytes(StandardCharsets.UTF_8)), mode));
    }

    /** A symbolic link. */
    public Tree symlink(String path, String target) {
        return line(path, symlink(RawText.of(target)));
    }

    /** Another name of what is at a path that sorts before this one. */
    public Tree hardLink(String path, String first) {
        return line(path, hardLink(RawText.of(first)));
    }

    /** A named pipe. */
    public Tree fifo(String path) {
        return line(path, "p");
    }

    /** A character device; there as root only. */
    public Tree device(String path, int major, int minor) {
        return line(path, "c " + Integer.toHexString(major) + ":" + Integer.toHexString(minor));
    }

    private Tree line(String path, String line) {
        lines.put(RawText.of(path), line);
        return this;
    }

    /** The lines as root gets them. */
    public SortedMap<String, String> asRoot() {
        return new TreeMap<>(lines);
    }

    /** The lines without root: no devices, no set-user-ID and set-group-ID bits. */
    public SortedMap<String, String> asUser() {
        SortedMap<String, String> plain = new TreeMap<>(lines);
        plain.values().removeIf(line -> line.startsWith("c ") || line.startsWith("b "));
        plain.replaceAll((path, line) -> line.replaceFirst(" mode [246](?=[0-7]{3}$)", " mode "));
        return plain;
    }

    static String directory(int mode) {
        return "d" + (mode == 0755 ? "" : " mode " + Integer.toOctalString(mode));
    }

    static String file(String sha256, int mode) {
        return "f " + sha256 + (mode == 0644 ? "" : " mode " + Integer.toOctalString(mode));
    }

    static String symlink(String escapedTarget) {
        return "l -> " + escapedTarget;
    }

    static String hardLink(String escapedFirst) {
        return "= " + escapedFirst;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
