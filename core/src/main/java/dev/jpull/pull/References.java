// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ReferenceException;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** What the references of calls mean in a configuration. Each name is asked about once. Safe for use by several threads. */
final class References {
    private final HostConfiguration configuration;
    private final BiFunction<String, List<String>, Optional<String>> chooser;
    private final Map<String, Optional<ImageReference>> choices = new HashMap<>();

    /**
     * The meanings in a configuration.
     *
     * @param chooser decides which of several images is meant; empty for none of them
     */
    References(HostConfiguration configuration, BiFunction<String, List<String>, Optional<String>> chooser) {
        this.configuration = configuration;
        this.chooser = chooser;
    }

    /**
     * The image that a reference means.
     *
     * @throws ReferenceException if it is none, or may be one of several images
     */
    ImageReference of(String image) {
        List<ImageReference> meanings = configuration.meanings(image);
        if (meanings.size() == 1) {
            return meanings.get(0);
        }
        return chosen(image, meanings)
                .orElseThrow(() -> new ReferenceException("\"" + ForeignText.line(image)
                        + "\" names no registry, and the configuration has several to look in: write the image in full, as"
                        + " one of " + String.join(", ", texts(meanings))));
    }

    private synchronized Optional<ImageReference> chosen(String image, List<ImageReference> meanings) {
        Optional<ImageReference> known = choices.get(image);
        if (known == null) {
            String text = chooser.apply(image, texts(meanings)).orElse("");
            known = meanings.stream()
                    .filter(meaning -> meaning.toString().equals(text))
                    .findFirst();
            choices.put(image, known);
        }
        return known;
    }

    private static List<String> texts(List<ImageReference> meanings) {
        return meanings.stream().map(ImageReference::toString).toList();
    }

    /** The options of a call with its reference in full; as they are when the call will fail because of the reference. */
    CallOptions complete(CallOptions wanted) {
        if (!ImageReference.isShort(wanted.image())) {
            return wanted;
        }
        try {
            return wanted.withImage(of(wanted.image()).toString());
        } catch (ReferenceException e) {
            return wanted; // the call itself reports it, in the way of its other failures
        }
    }
}
