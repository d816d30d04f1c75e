// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.address.Authority;
import dev.jpull.address.DockerHub;
import java.util.Locale;
import java.util.Optional;

/**
 * Which images a table is for: those of a registry, of a part of it, one repository, or all registries of a domain.
 *
 * @param text such as {@code quay.io/app} or {@code *.example}
 */
record Prefix(String text) {
    private static final String WILDCARD = "*.";

    boolean isWildcard() {
        return text.startsWith(WILDCARD);
    }

    /**
     * How much of a name it covers, or -1 when it is not for that image. It ends before a slash or a colon; the latter is how
     * the runtime applies the prefix {@code host} to {@code host:5000}.
     *
     * @param name a registry with a repository
     */
    int lengthIn(String name) {
        int end;
        if (isWildcard()) {
            int start = name.indexOf(text.substring(1));
            if (start < 0 || name.substring(0, start).indexOf('/') >= 0) {
                return -1;
            }
            end = start + text.length() - 1;
        } else {
            if (!name.startsWith(text)) {
                return -1;
            }
            end = text.length();
        }
        return end == name.length() || name.charAt(end) == '/' || name.charAt(end) == ':' ? end : -1;
    }

    /** Whether it is for the registry with a port too. */
    boolean coversPorts() {
        return text.indexOf('/') < 0 && !Authority.of(text).hasPort() && !text.equals(DockerHub.NAMESPACE);
    }

    /** Why it is for no image at all: a part of a sentence, or nothing when there is no reason. */
    Optional<String> flaw() {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        String path = slash < 0 ? "" : text.substring(slash + 1);
        if (isWildcard()) {
            return Location.canonical("a" + text.substring(1) + "/a/b")
                    ? Optional.empty()
                    : Optional.of("\"" + text.substring(2) + "\" is no domain");
        }
        if (text.indexOf('*') >= 0) {
            return Optional.of("a wildcard is \"*.\" before a domain, and nothing else");
        }
        if (path.indexOf(':') >= 0 || path.indexOf('@') >= 0) {
            return Optional.of("the tag or digest of an image is not compared with it");
        }
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            return Optional.of("repositories are in lower case");
        }
        if (host.equals(DockerHub.INDEX_HOST)) {
            return Optional.of("images of Docker Hub are named " + DockerHub.NAMESPACE);
        }
        // The name of a host without a dot is that of one with a port, as long as there is no path.
        return Location.canonical((slash < 0 && host.indexOf(':') < 0 ? host + ":1" : host) + "/"
                        + (path.isEmpty() ? "a/b" : path + "/a"))
                ? Optional.empty()
                : Optional.of("no image in full has a name that begins so");
    }
}
