// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ReferenceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Rules for other names, of images in a store or in an archive. Of several rules that match a name, the one with the longest
 * beginning counts.
 *
 * @param rules the rules, each for another beginning
 */
public record Renames(List<Rename> rules) {
    /** No renaming. */
    public static final Renames NONE = new Renames(List.of());

    /** Copies the list. */
    public Renames {
        rules = List.copyOf(rules);
    }

    /**
     * The same with another rule.
     *
     * @param from a name with tag or digest, a repository, or the beginning of one up to the end of a part
     * @param to what takes its place
     * @throws ReferenceException if they are none, or there is another rule for {@code from}
     */
    public Renames with(String from, String to) {
        Rename rule = Rename.of(from, to);
        if (rules.stream().anyMatch(other -> Objects.equals(other.from(), rule.from()))) {
            throw new ReferenceException(rule.from() + " is renamed twice: give it one new name");
        }
        List<Rename> more = new ArrayList<>(rules);
        more.add(rule);
        return new Renames(more);
    }

    /**
     * The name that an image gets.
     *
     * @param name its name in full
     * @throws ReferenceException if the new name is no reference
     */
    public String apply(String name) {
        return ruleFor(name).flatMap(rule -> rule.apply(name)).orElse(name);
    }

    private Optional<Rename> ruleFor(String name) {
        return rules.stream()
                .filter(rule -> rule.matchedLength(name) > 0)
                .max(Comparator.comparingInt(rule -> rule.matchedLength(name)));
    }

    /**
     * Requires that every rule concerns an image: one that concerns none has a typing error, as a rule.
     *
     * @param names the names of the images before they are renamed
     * @throws ReferenceException if one concerns none
     */
    public void requireUse(Collection<String> names) {
        List<Rename> unused = new ArrayList<>(rules);
        names.forEach(name -> ruleFor(name).ifPresent(unused::remove));
        if (!unused.isEmpty()) {
            throw new ReferenceException("no image is named " + unused.get(0).from()
                    + ", or has a name that begins with it and / or : behind it: correct the renaming "
                    + unused.get(0));
        }
    }
}
