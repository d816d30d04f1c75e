// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.ImageReference;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The tags of a repository (distribution-spec, "Listing Tags").
 *
 * @param tags the tags, each once, in the order of the registry
 * @param leftOut how many entries of the list are no tags by the grammar of references, so that nothing can be asked by them
 */
public record TagList(List<String> tags, int leftOut) {
    /** How many tags a list may have. */
    public static final int MAX_TAGS = 500_000;

    /** How many characters the tags may have together. */
    private static final int MAX_CHARACTERS = 16 << 20;

    /** Copies the list. */
    public TagList {
        tags = List.copyOf(tags);
    }

    /**
     * Asks a host.
     *
     * @param limit how many tags are wanted at most, at least 1
     * @throws HostFailure if the host has no list, or one that cannot be used
     */
    public static TagList get(RegistryEndpoint endpoint, ImageReference image, int limit, Cancellation cancellation)
            throws IOException, HostFailure {
        Reading reading = new Reading(limit);
        endpoint.tags(image).read(reading::page, cancellation);
        return new TagList(new ArrayList<>(reading.tags), reading.leftOut);
    }

    /** What the pages so far had. */
    private static final class Reading {
        private final int limit;
        private final Set<String> tags = new LinkedHashSet<>();
        private long characters;
        private int leftOut;

        Reading(int limit) {
            this.limit = limit;
        }

        PagedList.Page page(HttpResponse response, byte[] body) throws HostFailure {
            PagedList.requireNoHtml(response, "tags");
            int before = tags.size();
            try {
                JsonValue listed = JsonValue.parse(body).get("tags"); // null when the repository has none
                if (listed != null) {
                    for (JsonValue entry : listed.elements()) {
                        add(entry.asText(), response);
                    }
                }
            } catch (JsonException e) {
                throw PagedList.malformed(response, "its list of tags is not usable: " + e.getMessage());
            }
            if (tags.size() >= limit) {
                return PagedList.Page.ENOUGH;
            }
            return tags.size() > before ? PagedList.Page.NEWS : PagedList.Page.NO_NEWS;
        }

        private void add(String tag, HttpResponse response) throws HostFailure {
            if (tags.size() >= limit) {
                return;
            }
            if (!ImageReference.isTag(tag)) {
                leftOut++;
                return;
            }
            if (tags.add(tag)) {
                characters += tag.length();
            }
            if (tags.size() > MAX_TAGS || characters > MAX_CHARACTERS) {
                throw PagedList.malformed(
                        response,
                        "its list has more than " + MAX_TAGS + " tags, or " + MAX_CHARACTERS
                                + " characters of them: ask for fewer");
            }
        }
    }
}
