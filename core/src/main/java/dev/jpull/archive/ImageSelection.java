// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.store.DigestDigits;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds images in the index of a store, by what a user calls them: the name in the store, a reference, the name with its digest,
 * a digest, or the first digits of one.
 *
 * @param store the store, for messages
 * @param entries its index
 */
record ImageSelection(ImageStore store, List<LayoutIndex.Entry> entries) {
    /**
     * The images, each once.
     *
     * @throws ReferenceException if a name is neither in the store nor a reference, or the first digits of several digests
     * @throws ImageNotFoundException if there is no such image
     */
    List<SelectedImage> find(List<String> names) {
        Set<SelectedImage> found = new LinkedHashSet<>();
        for (String name : names) {
            List<SelectedImage> images = find(name);
            if (images.isEmpty()) {
                throw new ImageNotFoundException(FailureDetails.of(
                                ForeignText.line(name) + " is not in the store " + store.root() + ": pull it first")
                        .with(Remedy.LIST_IMAGES));
            }
            found.addAll(images);
        }
        return List.copyOf(found);
    }

    private List<SelectedImage> find(String name) {
        List<SelectedImage> found = matching(entry -> !entry.name().isEmpty()
                && (entry.name().equals(name)
                        || (entry.name() + "@" + entry.root().digest()).equals(name)));
        if (!found.isEmpty()) {
            return found.subList(0, 1); // of several entries with one name the first counts, as for pulls
        }
        if (Digest.check(name) == null) {
            return matching(entry -> entry.root().digest().toString().equals(name));
        }
        if (DigestDigits.match(name)) {
            return byReferenceOrDigits(name);
        }
        return byReference(ImageReference.parse(name));
    }

    private List<SelectedImage> byReferenceOrDigits(String text) {
        List<SelectedImage> found =
                ImageName.parsed(text).map(this::byReference).orElse(List.of());
        if (!found.isEmpty()) {
            return found;
        }
        return DigestDigits.find(
                        text,
                        entries.stream().map(entry -> entry.root().digest()).toList())
                .map(digest -> matching(entry -> entry.root().digest().equals(digest)))
                .orElse(List.of());
    }

    private List<SelectedImage> byReference(ImageReference reference) {
        List<SelectedImage> found = matching(entry -> entry.name().equals(reference.toString()));
        Digest digest = reference.digest();
        if (found.isEmpty() && digest != null) {
            found = matching(entry -> entry.root().digest().equals(digest)
                    && entry.name().startsWith(reference.name())
                    && ":@".indexOf((entry.name() + " ").charAt(reference.name().length())) >= 0);
        }
        return found.isEmpty() ? found : found.subList(0, 1);
    }

    private List<SelectedImage> matching(Predicate<LayoutIndex.Entry> wanted) {
        List<SelectedImage> found = new ArrayList<>();
        for (LayoutIndex.Entry entry : entries) {
            if (wanted.test(entry)) {
                found.add(new SelectedImage(entry.name(), entry.root()));
            }
        }
        return found;
    }
}
