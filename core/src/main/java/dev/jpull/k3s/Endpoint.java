// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.address.Authority;
import dev.jpull.address.DockerHub;
import dev.jpull.address.Localhost;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostUrl;
import dev.jpull.hosts.RegistryHost;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An endpoint of a registries.yaml, completed as k3s does it: https without a scheme, or http for a localhost with another port
 * than 443; Docker Hub by the host of its API; and {@code /v2} unless there is another path, which is then all of the path.
 *
 * @param registry the key of its settings
 * @param scheme {@code http} or {@code https}
 * @param host the host with its port as written
 * @param path the path prefix of every request
 * @param overridePath whether the path is another one than {@code /v2}
 * @param url the address as k3s compares it with others
 * @param position where it was written
 */
public record Endpoint(
        String registry,
        String scheme,
        String host,
        String path,
        boolean overridePath,
        String url,
        SourcePosition position) {
    /** The path that no endpoint needs to write. */
    public static final String DEFAULT_PATH = "/v2";

    private static final Set<String> DEFAULT_PATHS = Set.of("", "/", DEFAULT_PATH);

    /**
     * Reads an endpoint.
     *
     * @throws HostUrl.InvalidException if no request can be sent to it
     */
    public static Endpoint parse(String text, SourcePosition position) throws HostUrl.InvalidException {
        HostUrl url = HostUrl.parse(complete(text));
        String host = DockerHub.apiHost(url.host());
        boolean overridePath = !DEFAULT_PATHS.contains(url.writtenPath());
        return new Endpoint(
                host.equals(DockerHub.API_HOST) ? DockerHub.NAMESPACE : url.host(),
                url.scheme(),
                host,
                overridePath ? url.prefix(true) : DEFAULT_PATH,
                overridePath,
                url.scheme() + "://" + host + (overridePath ? url.writtenPath() : DEFAULT_PATH),
                position);
    }

    private static String complete(String text) throws HostUrl.InvalidException {
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            return text.substring(0, scheme).toLowerCase(Locale.ROOT) + text.substring(scheme);
        }
        String authority = text.split("/", 2)[0];
        if (authority.toLowerCase(Locale.ROOT).matches("https?:?")) {
            throw new HostUrl.InvalidException(
                    "url-scheme",
                    "the endpoint has no host, but a scheme that lacks :// after it",
                    "takes the scheme for a host name",
                    "write https:// or http:// in front of the host");
        }
        String port = Objects.requireNonNullElse(Authority.of(authority).port(), "");
        boolean plain = Localhost.isLocalhost(authority) && !port.isEmpty() && !port.equals("443");
        return (plain ? "http://" : "https://") + text;
    }

    /** The endpoint to write for a host; empty when there is none with its scheme, host and path. */
    public static Optional<String> textFor(RegistryHost host) {
        String scheme = host.httpFallback() ? "http" : host.scheme();
        String text = scheme + "://" + host.host() + (host.path().equals(DEFAULT_PATH) ? "" : host.path());
        try {
            Endpoint read = parse(text, SourcePosition.BUILT_IN);
            boolean same = read.scheme().equals(scheme)
                    && read.host().equals(host.host())
                    && read.path().equals(host.path());
            return same ? Optional.of(text) : Optional.empty();
        } catch (HostUrl.InvalidException e) {
            return Optional.empty();
        }
    }
}
