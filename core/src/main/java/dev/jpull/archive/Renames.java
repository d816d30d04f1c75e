// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that images get in an archive. A rule renames one image, or every image whose name begins with a prefix that ends in a
 * slash; a rule for one image counts before one for a prefix, and the longest prefix counts.
 */
public final class Renames {
    /** No renaming. */
    public static final Renames NONE = new Renames(Map.of(), Map.of());

    /** New names by old ones, both in full. */
    private final Map<String, String> names;

    private final Map<String, String> prefixes;

    private Renames(Map<String, String> names, Map<String, String> prefixes) {
        this.names = names;
        this.prefixes = prefixes;
    }

    /**
     * The same with another rule.
     *
     * @param from a reference, or the beginning of one that ends in a slash
     * @param to the same kind
     * @throws ReferenceException if one of them is no reference, or there is another rule for {@code from}
     */
    public Renames with(String from, String to) {
        boolean prefix = from.endsWith("/");
        if (prefix != to.endsWith("/")) {
            throw new ReferenceException("cannot rename " + ForeignText.line(from) + " to " + ForeignText.line(to)
                    + ": either both end in a slash, or none");
        }
        Map<String, String> more = new LinkedHashMap<>(prefix ? prefixes : names);
        String old = prefix ? prefix(from) : ImageReference.parse(from).toString();
        if (more.put(old, prefix ? prefix(to) : ImageReference.parse(to).toString()) != null) {
            throw new ReferenceException(ForeignText.line(old) + " is renamed twice: give it one new name");
        }
        return prefix ? new Renames(names, more) : new Renames(more, prefixes);
    }

    /** A prefix in full: with the registry that a reference without one has. */
    private static String prefix(String text) {
        String name = ImageReference.parse(text + "name").toString();
        return name.substring(0, name.length() - "name:latest".length());
    }

    /**
     * The name that an image gets.
     *
     * @throws ReferenceException if the new name is no reference
     */
    String apply(String name) {
        String renamed = names.get(name);
        if (renamed != null) {
            return renamed;
        }
        Optional<String> prefix = prefixOf(name);
        return prefix.isEmpty()
                ? name
                : ImageReference.parse(prefixes.get(prefix.get())
                                + name.substring(prefix.get().length()))
                        .toString();
    }

    private Optional<String> prefixOf(String name) {
        String longest = null;
        for (String prefix : prefixes.keySet()) {
            if (name.startsWith(prefix) && (longest == null || prefix.length() > longest.length())) {
                longest = prefix;
            }
        }
        return Optional.ofNullable(longest);
    }

    /**
     * Requires that every rule concerns an image: one that concerns none has a typing error, as a rule.
     *
     * @param all the names of the images before they are renamed
     */
    void requireUse(List<String> all) {
        for (String old : names.keySet()) {
            if (!all.contains(old)) {
                throw unused(old);
            }
        }
        for (String old : prefixes.keySet()) {
            if (all.stream()
                    .noneMatch(name -> !names.containsKey(name)
                            && prefixOf(name).filter(old::equals).isPresent())) {
                throw unused(old);
            }
        }
    }

    private static ReferenceException unused(String old) {
        return new ReferenceException(
                "no exported image is called " + ForeignText.line(old) + ", which is to be renamed: correct the name");
    }
}
