// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.address.DockerHub;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.Remedy;
import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image, normalised as docker and the Kubernetes CRI do: {@code busybox} is
 * {@code docker.io/library/busybox:latest} (docs/containerd.md section 1.2). Anything outside the grammar is refused,
 * so that a value of this type is safe in a URL and in a path (docs/containerd.md section 14.1).
 *
 * @param domain the registry namespace: a host with an optional port, exactly as written
 * @param path the repository in that namespace
 * @param tag the tag; null exactly when there is a digest
 * @param digest the digest; it wins over a tag that was given with it
 * @since 0.1.0
 */
public record ImageReference(
        String domain,
        String path,
        @Nullable String tag,
        @Nullable Digest digest) implements Serializable {
    private static final int MAX_LENGTH = 2048;
    private static final int MAX_PATH = 255;
    private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
    private static final Pattern DOMAIN =
            Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
    private static final Pattern BARE_HASH = Pattern.compile("[a-f0-9]{64}");

    /**
     * Checks the parts.
     *
     * @throws ReferenceException if a part is outside the grammar, or there is not exactly one of tag and digest
     */
    public ImageReference {
        if (!DOMAIN.matcher(domain).matches()) {
            throw new ReferenceException("\"" + domain + "\" is not a registry host: write host or host:port");
        }
        int port = domain.lastIndexOf(':');
        if (port > domain.lastIndexOf(']') && !isPort(domain.substring(port + 1))) {
            throw new ReferenceException("\"" + domain + "\" has no valid port: it must be between 1 and 65535");
        }
        if (!PATH.matcher(path).matches()) {
            throw new ReferenceException("\"" + path + "\" is not a repository name: use lower-case letters, digits,"
                    + " and single separators . _ __ - between them");
        }
        if (path.length() > MAX_PATH) {
            throw new ReferenceException("the repository name is longer than " + MAX_PATH + " characters");
        }
        if (tag != null && !TAG.matcher(tag).matches()) {
            throw new ReferenceException("\"" + tag + "\" is not a tag: use up to 128 letters, digits and . _ -,"
                    + " not starting with . or -");
        }
        if ((tag == null) == (digest == null)) {
            throw new ReferenceException("an image reference has either a tag or a digest");
        }
    }

    /**
     * Parses a reference as users write it.
     *
     * @param text a reference, with or without registry, tag and digest
     * @return the reference in full
     * @throws ReferenceException if it is outside the grammar; the message says what to write instead
     */
    public static ImageReference parse(String text) {
        try {
            return parseNormalised(text);
        } catch (ReferenceException e) {
            throw new ReferenceException(
                    FailureDetails.of("invalid image reference \"" + shorten(text) + "\": " + e.getMessage())
                            .withRemedies(e.remedies()));
        }
    }

    /**
     * Parses the name of a repository, such as {@code busybox} or {@code registry.example:5000/app}.
     *
     * @param text a name as users write it
     * @return the reference of its tag {@code latest}, which needs not be there
     * @throws ReferenceException if it is outside the grammar, or has a tag or digest
     */
    public static ImageReference parseRepository(String text) {
        ImageReference reference = parse(text);
        String last = text.substring(text.lastIndexOf('/') + 1);
        if (last.indexOf(':') >= 0 || last.indexOf('@') >= 0) {
            throw new ReferenceException(
                    "\"" + shorten(text) + "\" has a tag or a digest: write the repository alone, " + reference.name());
        }
        return reference;
    }

    /**
     * {@return whether references can have this registry: a name without dot and port is the beginning of a repository of Docker
     * Hub}
     *
     * @param domain the name of a registry, with its port when it has one
     */
    public static boolean isRegistry(String domain) {
        try {
            return parse(domain + "/name").domain().equals(domain);
        } catch (ReferenceException e) {
            return false;
        }
    }

    /**
     * {@return whether a reference names no registry, such as {@code busybox} or {@code library/busybox:1}}
     *
     * @param text a reference as users write it
     */
    public static boolean isShort(String text) {
        int slash = text.indexOf('/');
        return slash < 0 || !looksLikeDomain(text.substring(0, slash));
    }

    /**
     * {@return whether a text is a tag by the grammar}
     *
     * @param text the text to check
     */
    public static boolean isTag(String text) {
        return TAG.matcher(text).matches();
    }

    /**
     * {@return the same repository, by tag}
     *
     * @param other the tag
     */
    public ImageReference withTag(String other) {
        return new ImageReference(domain, path, other, null);
    }

    /** {@return the last part of the manifest URL: the digest when there is one, else the tag} */
    public String object() {
        return digest != null ? digest.toString() : String.valueOf(tag);
    }

    /**
     * {@return the host that serves the API of the registry unless the configuration names another one: the domain, but for Docker
     * Hub {@code registry-1.docker.io}}
     */
    public String apiHost() {
        return DockerHub.apiHost(domain);
    }

    /** {@return the reference with {@code docker.io/} and {@code library/} left out where they are implied} */
    public String familiar() {
        String name = domain + "/" + path;
        if (domain.equals(DockerHub.NAMESPACE)) {
            boolean official = path.startsWith("library/") && path.indexOf('/', "library/".length()) < 0;
            name = official ? path.substring("library/".length()) : path;
        }
        return name + suffix();
    }

    /** {@return the name without tag and digest} */
    public String name() {
        return domain + "/" + path;
    }

    /**
     * {@return the same repository, by digest}
     *
     * @param pinned the digest
     */
    public ImageReference withDigest(Digest pinned) {
        return new ImageReference(domain, path, null, pinned);
    }

    /** The canonical form, complete with domain and tag or digest. */
    @Override
    public String toString() {
        return name() + suffix();
    }

    private String suffix() {
        return digest != null ? "@" + digest : ":" + tag;
    }

    private static ImageReference parseNormalised(String text) {
        if (text.isEmpty()) {
            throw new ReferenceException("it is empty");
        }
        if (text.length() > MAX_LENGTH) {
            throw new ReferenceException("it is longer than " + MAX_LENGTH + " characters");
        }
        if (text.contains("://")) {
            throw new ReferenceException(
                    "write it without " + text.substring(0, text.indexOf("://") + 3) + " in front of the host");
        }
        if (BARE_HASH.matcher(text).matches()) {
            throw new ReferenceException("a bare image ID names no repository; write repository@sha256:" + text);
        }
        int slash = text.indexOf('/');
        if (slash >= 0 && text.lastIndexOf('@', slash) >= 0) {
            throw new ReferenceException(FailureDetails.of("a reference must not contain a user name or password")
                    .with(Remedy.SUPPLY_CREDENTIALS));
        }
        String domain = DockerHub.NAMESPACE;
        String remainder = text;
        if (!isShort(text)) {
            domain = text.substring(0, slash);
            remainder = text.substring(slash + 1);
            if (domain.equals(DockerHub.INDEX_HOST)) {
                domain = DockerHub.NAMESPACE;
            }
        }
        return split(domain, remainder);
    }

    private static ImageReference split(String domain, String remainder) {
        Digest digest = null;
        int at = remainder.indexOf('@');
        String named = remainder;
        if (at >= 0) {
            digest = Digest.parse(remainder.substring(at + 1));
            named = remainder.substring(0, at);
        }
        int colon = named.indexOf(':');
        String path = colon < 0 ? named : named.substring(0, colon);
        String tag = colon < 0 ? "latest" : named.substring(colon + 1);
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw new ReferenceException("the repository name must be lower-case");
        }
        if (domain.equals(DockerHub.NAMESPACE) && path.indexOf('/') < 0) {
            path = "library/" + path;
        }
        // A tag beside a digest is checked like any other, and then dropped: the digest decides.
        ImageReference tagged = new ImageReference(domain, path, tag, null);
        return digest == null ? tagged : tagged.withDigest(digest);
    }

    private static boolean looksLikeDomain(String first) {
        return first.equals("localhost")
                || first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    private static boolean isPort(String digits) {
        return digits.length() <= 5 && Integer.parseInt(digits) >= 1 && Integer.parseInt(digits) <= 65535;
    }

    private static String shorten(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }
}
