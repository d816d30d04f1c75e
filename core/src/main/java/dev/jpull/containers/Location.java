// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.address.Authority;
import dev.jpull.error.ReferenceException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import dev.jpull.text.ForeignText;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where images are, which is a registry or a mirror of one.
 *
 * @param text a host with an optional port and an optional path, without slashes at its end; empty when the table has a wildcard
 *     and no location, so that images keep their names
 * @param insecure whether certificates are not verified and plain HTTP may be used; null when the file does not say
 * @param use for which references it is asked; always {@link MirrorUse#ALL} for a registry itself
 * @param position where it is written
 * @param settings where its settings are written, by their keys
 */
record Location(
        String text,
        @Nullable Boolean insecure,
        MirrorUse use,
        SourcePosition position,
        Map<String, SourcePosition> settings) {
    Location {
        settings = Map.copyOf(settings);
    }

    boolean isInsecure() {
        return Boolean.TRUE.equals(insecure);
    }

    /** Why no image can be there, whatever its name: a part of a sentence, or nothing when there is no reason. */
    static Optional<String> flaw(String text) {
        if (text.indexOf('@') >= 0) {
            return Optional.of("it has a user name or a digest");
        }
        if (text.startsWith("[")) {
            return Optional.of("the programs do not read IPv6 addresses here");
        }
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        Optional<String> flaw = flawOfHost(host);
        if (flaw.isPresent()) {
            return flaw;
        }
        return canonical(text + "/a/b")
                ? Optional.empty()
                : Optional.of("its path is not the beginning of the name of a repository");
    }

    /** Why a text is not the host of a registry, with an optional port: a part of a sentence, or nothing when it is. */
    static Optional<String> flawOfHost(String host) {
        String flaw = Authority.flaw(host);
        String shown = "\"" + ForeignText.address(host) + "\"";
        if (!flaw.isEmpty()) {
            return Optional.of(shown + " is not the host of a registry: " + flaw);
        }
        return canonical(host + "/a/b")
                ? Optional.empty()
                : Optional.of(shown + " is not the host of a registry, with a dot or a port");
    }

    /** Whether a name is written out, as the runtime demands of what a location makes of an image. */
    static boolean canonical(String name) {
        try {
            return ImageReference.parseRepository(name).name().equals(name);
        } catch (ReferenceException e) {
            return false; // the caller says what is wrong with the name
        }
    }
}
