// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Digest;
import dev.jpull.tar.RawPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of entries in an archive, without empty parts and single dots. They are keys of a map and nothing else: no file is ever
 * opened by such a name, so that {@code ..} and a leading slash lead nowhere.
 */
final class EntryName {
    private static final RawPath EMPTY = RawPath.of("");

    private EntryName() {}

    /** The name of an entry. */
    static RawPath of(RawPath path) {
        return joined(path.components());
    }

    /** The name that a document of the archive mentions. */
    static RawPath of(String text) {
        return of(RawPath.of(text));
    }

    /** What a symbolic link leads to; null when that is outside the archive. */
    static @Nullable RawPath linked(RawPath link, RawPath target) {
        if (target.isAbsolute()) {
            return null;
        }
        List<RawPath> parts = new ArrayList<>(link.components());
        parts.remove(parts.size() - 1);
        for (RawPath part : target.components()) {
            if (!part.is("..")) {
                parts.add(part);
            } else if (parts.isEmpty()) {
                return null;
            } else {
                parts.remove(parts.size() - 1);
            }
        }
        return joined(parts);
    }

    /** The digest that a name of the form {@code blobs/ALGORITHM/HEX} has; null for another name. */
    static @Nullable Digest blob(RawPath name) {
        List<RawPath> parts = name.components();
        if (parts.size() != 3 || !parts.get(0).is("blobs")) {
            return null;
        }
        String digest = text(parts.get(1)) + ":" + text(parts.get(2));
        return Digest.check(digest) == null ? Digest.parse(digest) : null;
    }

    /** The digest that a name of the form {@code HEX.tar} has, as podman and skopeo name layers; null for another name. */
    static @Nullable Digest layer(RawPath name) {
        String text = text(name);
        String digest = text.endsWith(".tar") ? "sha256:" + text.substring(0, text.length() - ".tar".length()) : "";
        return Digest.check(digest) == null ? Digest.parse(digest) : null;
    }

    private static String text(RawPath part) {
        return new String(part.bytes(), StandardCharsets.ISO_8859_1);
    }

    private static RawPath joined(List<RawPath> parts) {
        RawPath all = EMPTY;
        for (RawPath part : parts) {
            all = all.child(part);
        }
        return all;
    }
}
