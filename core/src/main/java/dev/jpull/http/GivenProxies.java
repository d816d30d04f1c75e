// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the program chooses, and those of the environment where it chooses none. Safe for use by several threads.
 */
final class GivenProxies extends ProxySelector {
    private static final System.Logger LOGGER = System.getLogger(GivenProxies.class.getName());

    /** How many proxies are tried for one connection. */
    private static final int MAX_PROXIES = 8;

    /** How many names of proxies are remembered. */
    private static final int MAX_NAMES = 1_000;

    /** The selector of the program made no usable choice. */
    static final class ChoiceException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private ChoiceException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private final ProxySelector given;
    private final EnvironmentProxies environment;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    GivenProxies(ProxySelector given, EnvironmentProxies environment) {
        this.given = given;
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        List<Proxy> chosen = chosen(uri);
        if (chosen.isEmpty()) {
            return environment.select(uri);
        }
        for (Proxy proxy : chosen) {
            if (proxy == null) {
                throw new ChoiceException(named() + " returned a list that has null instead of a proxy", null);
            }
            if (proxy.type() == Proxy.Type.SOCKS) {
                throw new ChoiceException(
                        named() + " chose a SOCKS proxy, which is not supported: choose an HTTP proxy", null);
            }
            if (proxy.address() instanceof InetSocketAddress address && names.size() < MAX_NAMES) {
                names.add(address.getHostString().toLowerCase(Locale.ROOT));
            }
        }
        return chosen;
    }

    /** A failure of the selector is not taken as a direct connection, which might be what the program wants to prevent. */
    private List<Proxy> chosen(URI uri) {
        try {
            List<Proxy> chosen = given.select(uri);
            return chosen == null
                    ? List.of()
                    : chosen.stream().limit(MAX_PROXIES).toList();
        } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
            throw new ChoiceException(
                    named() + " threw " + e.getClass().getName() + " when it was asked for "
                            + ForeignText.line(uri.getScheme() + "://" + uri.getAuthority()),
                    e);
        }
    }

    private String named() {
        return "the proxy selector " + given.getClass().getName();
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        try {
            given.connectFailed(uri, address, failure);
        } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
            LOGGER.log(System.Logger.Level.WARNING, named() + " failed when it was told of a failed connection", e);
        }
    }

    /** Whether a host is one of the proxies that were chosen so far. */
    boolean isProxy(String host) {
        return names.contains(host.toLowerCase(Locale.ROOT));
    }
}
