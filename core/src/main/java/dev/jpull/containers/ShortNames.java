// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a name without a registry means: its alias, or that name in one of the search registries. With several of them it is
 * not decided here, whatever {@code short-name-mode} says: a wrong guess would pull an image of another publisher.
 *
 * @param file where search registries are written, for messages
 * @param search the registries, in order
 * @param aliases what names stand for
 */
public record ShortNames(Path file, List<SearchRegistry> search, Map<String, Alias> aliases) {
    /** Copies the collections. */
    public ShortNames {
        search = List.copyOf(search);
        aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    }

    /** Whether a text can be the name of an alias: a repository without registry, tag and digest. */
    static boolean isName(String text) {
        if (!ImageReference.isShort(text)) {
            return false;
        }
        try {
            ImageReference.parseRepository(text);
            return true;
        } catch (ReferenceException e) {
            return false; // the caller says what a short name is
        }
    }

    /**
     * The images that a reference may mean, best first; one when it names its registry.
     *
     * @throws ReferenceException if it is none, or means nothing here
     */
    public List<ImageReference> meanings(String image) {
        ImageReference hub = ImageReference.parse(image);
        if (!ImageReference.isShort(image)) {
            return List.of(hub);
        }
        int end = image.indexOf('@') >= 0 ? image.indexOf('@') : image.length();
        int colon = image.indexOf(':');
        String name = image.substring(0, colon >= 0 ? Math.min(colon, end) : end);
        String rest = image.substring(name.length());
        Alias alias = aliases.get(name);
        if (alias != null && !alias.repository().isEmpty()) {
            return List.of(ImageReference.parse(alias.repository() + rest));
        }
        if (search.isEmpty()) {
            throw new ReferenceException("\"" + ForeignText.line(image) + "\" names no registry, and "
                    + ForeignText.message(file.toString())
                    + " has neither an alias for it nor unqualified-search-registries: write the image in full, such as "
                    + hub);
        }
        return search.stream()
                .map(registry -> ImageReference.parse(registry.host() + "/" + image))
                .toList();
    }
}
