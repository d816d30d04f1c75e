// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Another name for images, in a store or in an archive. It is for one image, for a repository, or for all names that begin with a
 * registry or a path: {@code docker.io/library} is the beginning of {@code docker.io/library/busybox:1}, and {@code docker.io/lib} is
 * not. A slash at the end has no effect.
 *
 * @param from a name with tag or digest, a repository, or the beginning of one; null for all names
 * @param to what takes its place; when {@code from} is null, the repository with its registry
 */
public record Rename(@Nullable String from, String to) {
    /** Stands for the rest of a name when the parts of a rule are checked. */
    private static final String REST = "/x";

    /** A registry alone; one with a port and no dot is told from the name of an image by a slash behind it. */
    private static final Pattern REGISTRY = Pattern.compile("(?:localhost|[^/:@]*\\.[^/:@]*)(?::\\d+)?|[^/:@]+:\\d+/");

    /**
     * Reads a rule.
     *
     * @param text {@code FROM=TO}, or {@code REPOSITORY} where that is allowed
     * @param whole whether a repository alone is allowed
     * @throws ReferenceException if it is none
     */
    static Rename parse(String text, boolean whole) {
        int equals = text.indexOf('=');
        return equals < 0 && whole
                ? new Rename(null, ImageReference.parseRepository(text).name())
                : of(text.substring(0, Math.max(0, equals)), text.substring(equals + 1));
    }

    /**
     * A rule.
     *
     * @throws ReferenceException if the texts are no parts of names, or not of the same kind
     */
    static Rename of(String from, String to) {
        String old = withoutSlash(from);
        String now = withoutSlash(to);
        String rule = "the renaming " + ForeignText.line(from + "=" + to);
        if (old.isEmpty() || now.isEmpty()) {
            throw new ReferenceException(
                    rule + " lacks a name: write FROM=TO, such as docker.io/library=mirror.example/hub");
        }
        if (isImage(old)) {
            return new Rename(
                    ImageReference.parse(old).toString(),
                    ImageReference.parse(now).toString());
        }
        if (isImage(now)) {
            throw new ReferenceException(rule + " has a tag or digest behind = only: write one before it too, or none");
        }
        ImageReference.parse(stripped(old) + REST); // what is no beginning of a name matches none
        ImageReference.parse(stripped(now) + REST);
        return new Rename(old, stripped(now));
    }

    /** Without a slash at the end, unless a port is before it. */
    private static String withoutSlash(String text) {
        return REGISTRY.matcher(text).matches() ? text : stripped(text);
    }

    private static String stripped(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** Whether a text has a tag or digest. */
    private static boolean isImage(String text) {
        int last = text.lastIndexOf('/') + 1;
        return text.indexOf('@') >= 0 || text.indexOf(':', last) >= 0 && !isRegistry(text);
    }

    private static boolean isRegistry(String text) {
        return REGISTRY.matcher(text).matches();
    }

    /**
     * How the names begin that are meant, in full. Docker Hub has two readings of a short one: {@code team} is its repository
     * {@code library/team} and what is below {@code team/}.
     */
    private List<String> beginnings() {
        if (from == null || isRegistry(from)) {
            return from == null ? List.of() : List.of(stripped(from));
        }
        String below = ImageReference.parse(from + REST).name();
        List<String> beginnings = new ArrayList<>(List.of(below.substring(0, below.length() - REST.length())));
        String repository = ImageReference.parse(from).name();
        if (!beginnings.contains(repository)) {
            beginnings.add(repository);
        }
        return beginnings;
    }

    /** The part of a name that the rule names; empty when it does not match. */
    private Optional<String> matched(String name) {
        if (from == null || isImage(from)) {
            return name.equals(from) ? Optional.of(name) : Optional.empty();
        }
        return beginnings().stream()
                .filter(beginning -> name.startsWith(beginning + "/")
                        || beginning.indexOf('/') >= 0
                                && (name.startsWith(beginning + ":") || name.startsWith(beginning + "@")))
                .findFirst();
    }

    /** How many characters of a name the rule names; 0 when it does not match. */
    int matchedLength(String name) {
        return matched(name).map(String::length).orElse(0);
    }

    /**
     * The new name of an image.
     *
     * @param name its name in full
     * @return empty when the rule does not match
     * @throws ReferenceException if the new name is no reference
     */
    public Optional<String> apply(String name) {
        return from == null
                ? Optional.of(
                        to + name.substring(ImageReference.parse(name).name().length()))
                : matched(name).map(beginning -> named(name, name.substring(beginning.length())));
    }

    private String named(String name, String rest) {
        if (rest.isEmpty()) {
            return to;
        }
        if (!rest.startsWith("/") && ImageReference.parse(to + REST).domain().equals(to)) {
            throw new ReferenceException("the renaming " + this + " leaves no repository for " + ForeignText.line(name)
                    + ": write the repository behind =");
        }
        return ImageReference.parse(to + rest).toString();
    }

    /** The rule as it is written, with the names in full. */
    @Override
    public String toString() {
        return ForeignText.line(from == null ? to : from + "=" + to);
    }
}
