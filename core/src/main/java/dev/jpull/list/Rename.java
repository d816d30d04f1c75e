// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Another name for images in the store.
 *
 * @param from the beginning of the names that are changed, which ends with a whole part: {@code docker.io/library}; null for all
 *     names
 * @param to what takes its place; when {@code from} is null, the repository with its registry
 */
public record Rename(@Nullable String from, String to) {
    /** Stands for the rest of a name when the parts of a rule are checked. */
    private static final String REST = "x";

    /**
     * Reads a rule.
     *
     * @param text {@code FROM=TO}, or {@code REPOSITORY} where that is allowed
     * @param whole whether a repository alone is allowed
     * @throws ReferenceException if it is none
     */
    public static Rename parse(String text, boolean whole) {
        int equals = text.indexOf('=');
        if (equals < 0 && !whole || equals == 0 || equals == text.length() - 1) {
            throw new ReferenceException("\"" + text + "\" is not a renaming: write FROM=TO, such as"
                    + " docker.io/library=mirror.example/hub");
        }
        if (equals < 0) {
            return new Rename(null, repository(text).name());
        }
        String from = withoutSlash(text.substring(0, equals));
        String to = withoutSlash(text.substring(equals + 1));
        repository(from + "/" + REST); // what is no beginning of a name matches none
        repository(to + "/" + REST);
        return new Rename(from, to);
    }

    private static ImageReference repository(String text) {
        ImageReference repository = ImageReference.parse(text);
        if (!repository.toString().equals(repository.name() + ":latest") || text.endsWith(":latest")) {
            throw new ReferenceException("\"" + text + "\" has a tag or digest: write a repository alone");
        }
        return repository;
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** The new name; empty when the rule does not match. */
    public Optional<ImageReference> apply(ImageReference image) {
        String name = image.name();
        String suffix = image.toString().substring(name.length());
        if (from == null) {
            return Optional.of(ImageReference.parse(to + suffix));
        }
        return name.equals(from) || name.startsWith(from + "/")
                ? Optional.of(ImageReference.parse(to + name.substring(from.length()) + suffix))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return from == null ? to : from + "=" + to;
    }
}
