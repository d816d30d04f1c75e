// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.Authority;
import dev.jpull.lint.Findings;
import dev.jpull.text.ForeignText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address of a host as written in hosts.toml (docs/containerd.md section 3.2).
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host with its port as written
 * @param path the cleaned path; empty when there is none
 * @param writtenPath the path as written; empty when there is none
 */
public record HostUrl(String scheme, String host, String path, String writtenPath) {
    private static final Pattern PATH = Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*+");

    /** An address that cannot be used. The message is a sentence part; the remedy says what to write. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;
        private final String containerd;
        private final String remedy;

        /**
         * A mistake.
         *
         * @param containerd what the runtime does with it
         */
        public InvalidException(String code, String message, String containerd, String remedy) {
            super(message);
            this.code = code;
            this.containerd = containerd;
            this.remedy = remedy;
        }

        public String code() {
            return code;
        }

        /** What containerd does with it. */
        public String containerd() {
            return containerd;
        }

        public String remedy() {
            return remedy;
        }
    }

    /**
     * Reads an address.
     *
     * @throws InvalidException if it cannot be used
     */
    public static HostUrl parse(String text) throws InvalidException {
        if (!text.equals(text.strip())) {
            throw new InvalidException(
                    "url",
                    "\"" + ForeignText.address(text) + "\" has blanks around it",
                    Findings.FILE_DROPPED,
                    "remove them");
        }
        String lower = text.toLowerCase(Locale.ROOT);
        String scheme = "https";
        String rest = text;
        if (text.startsWith("https://") || text.startsWith("http://")) {
            scheme = text.substring(0, text.indexOf(':'));
            rest = text.substring(scheme.length() + 3);
        } else if (lower.startsWith("https://") || lower.startsWith("http://")) {
            throw new InvalidException(
                    "url-scheme",
                    "the scheme of \"" + ForeignText.address(text) + "\" is not in lower case",
                    "reads it as a host \"" + text.substring(0, text.indexOf(':') + 1) + "\"",
                    "write it as http:// or https://");
        } else if (text.startsWith("http")) {
            throw new InvalidException(
                    "url-scheme",
                    "\"" + ForeignText.address(text) + "\" starts with http but has no scheme",
                    "reads it as a path, and has neither scheme nor host",
                    "write https://" + ForeignText.address(text));
        } else if (text.contains("://")) {
            throw new InvalidException(
                    "url-scheme",
                    "\"" + ForeignText.address(text) + "\" is neither http:// nor https://",
                    "puts https:// in front of it, and contacts a host that does not exist",
                    "use one of these");
        }
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        refuseExtras(text, authority, path);
        String flaw = Authority.flaw(authority);
        if (!flaw.isEmpty()) {
            throw new InvalidException(
                    "url",
                    "\"" + ForeignText.address(text) + "\" has no valid host: " + flaw,
                    "drops the whole file, or fails every request to the host",
                    "write https://host or https://host:port");
        }
        if (!PATH.matcher(path).matches()) {
            throw new InvalidException(
                    "url",
                    "\"" + ForeignText.address(text) + "\" has a path that is not valid in a URL",
                    "requests it unchanged",
                    "escape it");
        }
        return new HostUrl(scheme, authority, path.isEmpty() ? "" : clean(path), path);
    }

    /** The path prefix of requests: {@code /v2} is added unless it is there or was overridden. */
    public String prefix(boolean overridePath) {
        if (overridePath || path.endsWith("/v2")) {
            return path;
        }
        return path.equals("/") ? "/v2" : path + "/v2";
    }

    private static void refuseExtras(String text, String authority, String path) throws InvalidException {
        if (authority.indexOf('@') >= 0) {
            throw new InvalidException(
                    "url-user-info",
                    "the URL has a user name or password",
                    "drops it, and requests without",
                    "remove it, and log in to the host, or put the credentials into docker's config.json");
        }
        if (authority.indexOf('?') >= 0 || path.indexOf('?') >= 0) {
            throw new InvalidException(
                    "url-query",
                    "\"" + ForeignText.address(text) + "\" has a query",
                    "drops it, and requests without",
                    "remove it");
        }
        if (authority.indexOf('#') >= 0 || path.indexOf('#') >= 0) {
            throw new InvalidException(
                    "url-fragment",
                    "\"" + ForeignText.address(text) + "\" has a fragment",
                    "drops it, and requests without",
                    "remove it");
        }
    }

    private static String clean(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return "/" + String.join("/", segments);
    }
}
