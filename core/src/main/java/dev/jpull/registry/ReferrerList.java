// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.manifest.ListedReferrer;
import dev.jpull.manifest.ReferrerSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a host lists as the referrers of a manifest (distribution-spec, "Listing Referrers").
 *
 * @param entries the entries in order: those of wanted types or of none, and a limited number of others
 * @param unusable how many other entries there are that are no descriptors
 * @param skipped how many entries of other types there are beyond that number
 */
public record ReferrerList(List<ListedReferrer> entries, int unusable, int skipped) {
    /** How many entries of the wanted types a list may have, and how many of other types are taken. */
    private static final int MAX_WANTED = 1_000;

    /** How many entries a list may have, of any type. */
    private static final int MAX_ENTRIES = 100_000;

    /** How many characters the annotations of all entries may have together; those of further entries are left out. */
    private static final int MAX_ANNOTATIONS = 1 << 20;

    /** Copies the list. */
    public ReferrerList {
        entries = List.copyOf(entries);
    }

    /**
     * Asks a host by the API.
     *
     * @param selection the wanted types; the host is not told, because some take the type of the configuration for that of the
     *     artifact, and would leave out signatures
     * @throws HostFailure if the host has no such API, which is {@link FailureClass#NOT_FOUND} for every way in which registries
     *     say so; or if its answer cannot be used
     */
    public static ReferrerList get(
            RegistryEndpoint endpoint,
            ImageReference image,
            Digest subject,
            ReferrerSelection selection,
            Cancellation cancellation)
            throws IOException, HostFailure {
        Reading reading = new Reading(selection);
        try {
            endpoint.referrers(image, subject).read(reading::page, cancellation);
        } catch (HostFailure e) {
            throw isUnsupported(e) ? e.notFound() : e;
        }
        return new ReferrerList(reading.entries, reading.unusable, reading.others - reading.takenOthers);
    }

    /** What the pages so far had. */
    private static final class Reading {
        private final ReferrerSelection selection;
        private final List<ListedReferrer> entries = new ArrayList<>();
        private final Set<Digest> wanted = new HashSet<>();
        private int all;
        private int unusable;
        private int others;
        private int takenOthers;
        private long characters;

        Reading(ReferrerSelection selection) {
            this.selection = selection;
        }

        PagedList.Page page(HttpResponse response, byte[] body) throws HostFailure {
            ListedReferrer.Page page = parse(response, body);
            unusable += page.unusable();
            all += page.entries().size() + page.unusable();
            boolean hasNews = false;
            for (ListedReferrer entry : page.entries()) {
                boolean mayBe = entry.mayBe(selection);
                // Those of other types are not remembered: there may be very many, and their number is limited.
                hasNews |= !mayBe || wanted.add(entry.descriptor().digest());
                others += mayBe ? 0 : 1;
                if (mayBe || takenOthers < MAX_WANTED) {
                    takenOthers += mayBe ? 0 : 1;
                    characters += entry.annotationCharacters();
                    entries.add(characters > MAX_ANNOTATIONS ? entry.withoutAnnotations() : entry);
                }
            }
            if (entries.size() - takenOthers > MAX_WANTED || all > MAX_ENTRIES) {
                throw PagedList.malformed(
                        response,
                        "its list of referrers has more than " + MAX_WANTED + " entries of the wanted types, or "
                                + MAX_ENTRIES + " in all: choose types of artifacts");
            }
            return hasNews ? PagedList.Page.NEWS : PagedList.Page.NO_NEWS;
        }
    }

    /** How registries say that they do not know the API: 404 and 405 by rule, others answer in their own ways. */
    private static boolean isUnsupported(HostFailure failure) {
        return switch (failure.status()) {
            case 400, 405, 406, 501 -> true;
            default -> false;
        };
    }

    private static ListedReferrer.Page parse(HttpResponse response, byte[] body) throws HostFailure {
        try {
            PagedList.requireNoHtml(response, "referrers");
        } catch (HostFailure e) {
            throw e.notFound(); // the registry does not know the API
        }
        try {
            return ListedReferrer.parse(body);
        } catch (JsonException e) {
            throw PagedList.malformed(
                    response, "its list of referrers is not an index (" + MediaType.OCI_INDEX + "): " + e.getMessage());
        }
    }
}
