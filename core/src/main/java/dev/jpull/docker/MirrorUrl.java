// SPDX-License-Identifier: Apache-2.0
package dev.jpull.docker;

import dev.jpull.address.Authority;
import dev.jpull.text.ForeignText;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address of a mirror in {@code registry-mirrors} (moby, {@code daemon/pkg/registry/config.go:ValidateMirror}).
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host with its port as written
 * @param path the path, without a slash at its end; empty when there is none
 */
public record MirrorUrl(String scheme, String host, String path) {
    private static final Pattern PATH =
            Pattern.compile("(?:/(?!\\.{1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})++)*+");
    private static final String NOT_STARTED = DaemonJsonReader.NOT_STARTED;
    private static final String LOST = "accepts it, fails to reach it, and asks Docker Hub itself";

    /** An address that cannot be used. The message is a sentence. */
    static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String behaviour;
        private final String remedy;

        InvalidException(String message, String behaviour, String remedy) {
            super(message);
            this.behaviour = behaviour;
            this.remedy = remedy;
        }

        /** What docker does with it. */
        String behaviour() {
            return behaviour;
        }

        String remedy() {
            return remedy;
        }
    }

    static MirrorUrl parse(String text) throws InvalidException {
        int end = text.indexOf("://");
        if (end <= 0) {
            throw new InvalidException(
                    "the mirror \"" + ForeignText.address(text) + "\" has no scheme",
                    NOT_STARTED,
                    "write https:// or http:// in front of it");
        }
        String scheme = text.substring(0, end);
        String rest = text.substring(end + 3);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            boolean letters = scheme.toLowerCase(Locale.ROOT).matches("https?");
            throw new InvalidException(
                    "the scheme of the mirror \"" + ForeignText.address(text) + "\" is neither https nor http",
                    letters ? "accepts it, takes it for a host name, and asks Docker Hub itself" : NOT_STARTED,
                    letters ? "write it in lower case" : "use one of these");
        }
        int slash = rest.indexOf('/');
        String host = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        if (host.indexOf('@') >= 0) {
            throw new InvalidException(
                    "the URL of a mirror has a user name or password",
                    NOT_STARTED,
                    "remove it, and log in to the mirror");
        }
        if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            throw new InvalidException(
                    "the mirror \"" + ForeignText.address(text) + "\" has a query or a fragment",
                    NOT_STARTED,
                    "remove it");
        }
        String flaw = Authority.flaw(host);
        if (!flaw.isEmpty()) {
            throw new InvalidException(
                    "the mirror \"" + ForeignText.address(text) + "\" has no valid host: " + flaw,
                    LOST,
                    "write https://host or https://host:port");
        }
        String shorter = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (!PATH.matcher(shorter).matches()) {
            throw new InvalidException(
                    "the mirror \"" + ForeignText.address(text)
                            + "\" has a path with an empty part, with dots alone, or that is not valid in a URL",
                    "sends requests to another path than the one that is written",
                    "write the path as the mirror serves it");
        }
        return new MirrorUrl(scheme, host, shorter);
    }

    /** Whether the path ends as the registry API begins, which is added to it. */
    boolean endsWithApi() {
        return path.endsWith("/v2");
    }

    @Override
    public String toString() {
        return scheme + "://" + host + path;
    }
}
