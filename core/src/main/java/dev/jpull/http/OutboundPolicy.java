// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.address.AddressLiteral;
import dev.jpull.address.AddressScope;
import dev.jpull.address.DockerHub;
import dev.jpull.address.Localhost;
import dev.jpull.address.NetworkZone;
import dev.jpull.error.Remedy;
import dev.jpull.hosts.RegistryHost;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Decides which URLs and addresses a registry may lead to, for redirects, token servers and the {@code urls} of descriptors;
 * no other class decides that. Secrets stay with the origin that they were configured for. https never becomes http. A public
 * registry must not lead into a private network; what counts is the address of the connection. Safe for use by several threads.
 */
final class OutboundPolicy {

    /** Token servers of well-known registries that have another name. */
    private static final Map<String, String> KNOWN_REALMS = Map.of(
            "registry.hub.docker.com",
            DockerHub.TOKEN_HOST,
            "hub.docker.com",
            DockerHub.TOKEN_HOST,
            "lscr.io",
            "ghcr.io");

    private final HttpUrl registry;
    private final boolean written;
    private final Set<String> trustedRealms;
    private final boolean foreignUrls;
    private volatile @Nullable AddressScope reachedScope;

    /**
     * The policy of a host.
     *
     * @param registry the URL of the host
     * @param trustedRealms hosts of token servers that may have passwords although they are of another site
     * @param foreignUrls whether content may be fetched from the {@code urls} of its descriptor
     */
    OutboundPolicy(RegistryHost host, HttpUrl registry, Set<String> trustedRealms, boolean foreignUrls) {
        this.registry = registry;
        this.written = !host.implied();
        this.trustedRealms = Set.copyOf(trustedRealms);
        this.foreignUrls = foreignUrls;
    }

    /** Notes the address of a connection to the registry. Keeps the widest scope seen, so that DNS rebinding cannot widen access. */
    void reachedAt(InetAddress address) {
        AddressScope reached = AddressScope.of(address);
        AddressScope known = reachedScope;
        if (known == null || reached.compareTo(known) > 0) {
            reachedScope = reached;
        }
    }

    /**
     * Where a redirect leads.
     *
     * @throws RedirectException if it must not be followed
     */
    HttpUrl redirect(HttpUrl from, String location) throws RedirectException {
        return lead("redirected to", from, from.resolve(location));
    }

    /**
     * Where the content of a descriptor with {@code urls} is fetched, which is treated like a redirect.
     *
     * @throws RedirectException if it must not be fetched there
     */
    HttpUrl foreign(String location) throws RedirectException {
        if (!foreignUrls) {
            throw new RedirectException(
                    "the manifest refers to a foreign URL, which is asked only if foreign URLs are allowed",
                    List.of(Remedy.FOREIGN_URLS));
        }
        return lead("the manifest refers to", registry, HttpUrl.parse(location));
    }

    private HttpUrl lead(String how, HttpUrl from, @Nullable HttpUrl to) throws RedirectException {
        if (to == null) {
            throw new RedirectException(how + " something that is no http or https URL");
        }
        if (from.isHttps() && !to.isHttps()) {
            throw new RedirectException(how + " plain http at " + to.host() + " instead of https, which is refused");
        }
        if (!to.username().isEmpty() || !to.password().isEmpty()) {
            throw new RedirectException(how + " a URL with a user in it, which is refused");
        }
        try {
            admitName(to);
        } catch (IOException e) {
            throw new RedirectException(how + " " + e.getMessage());
        }
        return to;
    }

    /**
     * The token server that a registry names.
     *
     * @param asker the URL that named it
     * @throws AuthenticationException if it must not be asked
     */
    HttpUrl realm(String text, HttpUrl asker) throws AuthenticationException {
        HttpUrl realm = HttpUrl.parse(text);
        if (realm == null) {
            throw new AuthenticationException("the registry requires a token but names no usable token server");
        }
        if (asker.isHttps() && !realm.isHttps()) {
            throw new AuthenticationException("the registry names the token server " + realm.host()
                    + " without TLS, which is refused because credentials would be readable on the way");
        }
        if (!realm.username().isEmpty() || !realm.password().isEmpty() || realm.fragment() != null) {
            throw new AuthenticationException(
                    "the registry names a token server with a user or a fragment in its URL, which is refused");
        }
        try {
            admitName(realm);
        } catch (IOException e) {
            throw new AuthenticationException("the registry names a token server at " + e.getMessage());
        }
        return realm;
    }

    /** Whether a token server may have the password: it is of the registry's own site, or trusted by name. */
    boolean trusts(HttpUrl realm) {
        String authority = realm.host() + ":" + realm.port();
        if (realm.host().equals(registry.host())
                || trustedRealms.contains(realm.host())
                || trustedRealms.contains(authority)) {
            return true;
        }
        if (realm.host().equals(KNOWN_REALMS.get(registry.host()))) {
            return true;
        }
        String site = registry.topPrivateDomain();
        return site != null && site.equals(realm.topPrivateDomain());
    }

    /**
     * Decides whether a connection to an address is allowed.
     *
     * @throws ForbiddenAddressException if it must not be connected to
     */
    void admit(InetAddress address) throws ForbiddenAddressException {
        AddressScope to = AddressScope.of(address);
        AddressScope from = registryScope();
        boolean admitted = to == AddressScope.PUBLIC
                || (to == AddressScope.PRIVATE ? written || from != AddressScope.PUBLIC : from.isLocal());
        if (!admitted) {
            throw new ForbiddenAddressException("the " + (to.isLocal() ? "local" : "private") + " address "
                    + address.getHostAddress() + ", which a registry " + described(from) + " must not refer to");
        }
    }

    private static String described(AddressScope registry) {
        return registry == AddressScope.PUBLIC ? "on a public address" : "on a private network";
    }

    /** An address in a URL is connected to without a lookup; localhost is one by its name. */
    private void admitName(HttpUrl url) throws IOException {
        String host = url.host();
        Optional<InetAddress> literal = AddressLiteral.of(host);
        if (literal.isPresent()) {
            admit(literal.get());
        } else if (host.equals("localhost") || host.endsWith(".localhost")) {
            admit(InetAddress.getLoopbackAddress());
        }
    }

    /** By the address where the registry was reached; by its name while that is not known, as behind a proxy. */
    private AddressScope registryScope() {
        AddressScope reached = reachedScope;
        if (reached != null) {
            return reached;
        }
        if (Localhost.isLocalhost(registry.host())) {
            return AddressScope.LOOPBACK;
        }
        return NetworkZone.isPrivate(registry.host()) ? AddressScope.PRIVATE : AddressScope.PUBLIC;
    }
}
