// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.hosts.Localhost;
import dev.jpull.hosts.NetworkZone;
import dev.jpull.hosts.RegistryHost;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Decides which URLs and addresses a registry may lead to, for redirects, token servers and the {@code urls} of descriptors;
 * no other class decides that. Secrets stay with the origin that they were configured for. https never becomes http. A public
 * registry must not lead into a private network; what counts is the address of the connection. Safe for use by several threads.
 */
final class OutboundPolicy {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final int CARRIER_NETWORK = 100;

    /** Token servers of well-known registries that have another name. */
    private static final Map<String, String> KNOWN_REALMS = Map.of(
            "registry.hub.docker.com", "auth.docker.io", "hub.docker.com", "auth.docker.io", "lscr.io", "ghcr.io");

    private final HttpUrl home;
    private final boolean written;
    private final Set<String> trustedRealms;
    private final boolean foreignUrls;
    private volatile @Nullable Scope reachedScope;

    /**
     * The policy of a host.
     *
     * @param home its URL
     * @param trustedRealms hosts of token servers that may have passwords although they are of another site
     * @param foreignUrls whether content may be fetched from the {@code urls} of its descriptor
     */
    OutboundPolicy(RegistryHost host, HttpUrl home, Set<String> trustedRealms, boolean foreignUrls) {
        this.home = home;
        this.written = !host.implied();
        this.trustedRealms = Set.copyOf(trustedRealms);
        this.foreignUrls = foreignUrls;
    }

    /** Notes the address of a connection to the registry. Keeps the widest scope seen, so that DNS rebinding cannot widen access. */
    void reachedAt(InetAddress address) {
        Scope reached = Scope.of(address);
        Scope known = reachedScope;
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
     * Where the content of a descriptor with {@code urls} is fetched, which is like a redirect that its author wrote.
     *
     * @throws RedirectException if it must not be fetched there
     */
    HttpUrl foreign(String location) throws RedirectException {
        if (!foreignUrls) {
            throw new RedirectException(
                    "the manifest says that it is elsewhere, which is asked only with --allow-foreign-urls");
        }
        return lead("the manifest leads to", home, HttpUrl.parse(location));
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
            throw new AuthenticationException("the registry wants a token but names no usable token server");
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
        if (realm.host().equals(home.host())
                || trustedRealms.contains(realm.host())
                || trustedRealms.contains(authority)) {
            return true;
        }
        if (realm.host().equals(KNOWN_REALMS.get(home.host()))) {
            return true;
        }
        String site = home.topPrivateDomain();
        return site != null && site.equals(realm.topPrivateDomain());
    }

    /**
     * Lets a connection go to an address, or does not.
     *
     * @throws ForbiddenAddressException if it must not be connected to
     */
    void admit(InetAddress address) throws ForbiddenAddressException {
        Scope to = Scope.of(address);
        Scope from = homeScope();
        boolean admitted = switch (to) {
            case PUBLIC -> true;
            case PRIVATE -> written || from != Scope.PUBLIC;
            case LOCAL -> from == Scope.LOCAL;
        };
        if (!admitted) {
            throw new ForbiddenAddressException("the " + to.text + " address " + address.getHostAddress()
                    + ", where a registry " + from.origin + " must not lead");
        }
    }

    /** An address in a URL is connected to without a lookup; localhost is one by its name. */
    private void admitName(HttpUrl url) throws IOException {
        String host = url.host();
        if (LITERAL.matcher(host).matches()) {
            admit(InetAddress.getByName(host));
        } else if (host.equals("localhost") || host.endsWith(".localhost")) {
            admit(InetAddress.getLoopbackAddress());
        }
    }

    /** By the address where the registry was reached; by its name while that is not known, as behind a proxy. */
    private Scope homeScope() {
        Scope reached = reachedScope;
        if (reached != null) {
            return reached;
        }
        if (Localhost.isLocalhost(home.host())) {
            return Scope.LOCAL;
        }
        return NetworkZone.isPrivate(home.host()) ? Scope.PRIVATE : Scope.PUBLIC;
    }

    /** How far an address is known, the widest last. */
    private enum Scope {
        LOCAL("local", "elsewhere"),
        PRIVATE("private", "of a private network"),
        PUBLIC("public", "of the world");

        private final String text;
        private final String origin;

        Scope(String text, String origin) {
            this.text = text;
            this.origin = origin;
        }

        /** LOCAL is this machine and its link, where the metadata services of clouds are. */
        static Scope of(InetAddress address) {
            byte[] bytes = address.getAddress();
            if (address instanceof Inet6Address && embedded(bytes) != null) {
                return of(java.util.Objects.requireNonNull(embedded(bytes)));
            }
            if (address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || address.isLinkLocalAddress()
                    || address.isMulticastAddress()
                    || bytes.length == 4 && (bytes[0] == 0 || (bytes[0] & 0xF0) == 0xF0)) {
                return LOCAL;
            }
            boolean carrier = bytes.length == 4 && bytes[0] == CARRIER_NETWORK && (bytes[1] & 0xC0) == 0x40;
            boolean unique = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
            return address.isSiteLocalAddress() || carrier || unique ? PRIVATE : PUBLIC;
        }

        /** The IPv4 address within an IPv6 address of NAT64, 6to4 or the compatible form, or null. */
        private static @Nullable InetAddress embedded(byte[] bytes) {
            int start = -1;
            if (bytes[0] == 0 && bytes[1] == 0x64 && (bytes[2] & 0xFF) == 0xFF && (bytes[3] & 0xFF) == 0x9B) {
                start = 12;
            } else if (bytes[0] == 0x20 && bytes[1] == 0x02) {
                start = 2;
            } else if (isZero(bytes, 12) && (bytes[12] != 0 || bytes[13] != 0 || bytes[14] != 0)) {
                start = 12;
            }
            if (start < 0) {
                return null;
            }
            try {
                return InetAddress.getByAddress(
                        new byte[] {bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]});
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // four bytes are an address
            }
        }

        private static boolean isZero(byte[] bytes, int length) {
            for (int i = 0; i < length; i++) {
                if (bytes[i] != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
