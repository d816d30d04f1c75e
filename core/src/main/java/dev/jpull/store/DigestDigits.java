// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Digest;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The first digits of a digest, by which a user may call an image: at least four, with or without the algorithm. */
public final class DigestDigits {
    private static final int MIN_DIGITS = 4;
    private static final int MAX_SHOWN = 5;
    private static final Pattern DIGITS =
            Pattern.compile("(?:(sha256|sha384|sha512):)?([0-9a-f]{" + MIN_DIGITS + ",128})");

    private DigestDigits() {}

    /** Whether a text may be the beginning of a digest. */
    public static boolean match(String text) {
        return DIGITS.matcher(text).matches();
    }

    /**
     * The digest that begins with a text; empty if none does.
     *
     * @throws ReferenceException if several do
     */
    public static Optional<Digest> find(String text, Collection<Digest> candidates) {
        Set<Digest> matching = new LinkedHashSet<>();
        for (Digest digest : candidates) {
            if (digest.hex().startsWith(text) || digest.toString().startsWith(text)) {
                matching.add(digest);
            }
        }
        if (matching.size() > 1) {
            List<String> shown =
                    matching.stream().limit(MAX_SHOWN).map(Digest::toString).toList();
            throw new ReferenceException(text + " is the beginning of " + matching.size() + " digests, among them "
                    + shown.stream().collect(Collectors.joining(", ")) + ": write more digits");
        }
        return matching.stream().findFirst();
    }
}
