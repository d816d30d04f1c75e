// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.address.AddressLiteral;
import dev.jpull.address.Localhost;
import dev.jpull.address.Network;
import dev.jpull.error.ConfigurationException;
import dev.jpull.secret.Secret;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Authenticator;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a proxy as Go programs do: {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} in either case; this
 * machine is never reached through a proxy (docs/containerd.md section 4.4).
 */
final class EnvironmentProxies extends ProxySelector {
    private final @Nullable HttpUrl http;
    private final @Nullable HttpUrl https;
    private final List<String> exempt;

    /**
     * The proxies of an environment.
     *
     * @param mask is told their passwords
     */
    EnvironmentProxies(Map<String, String> environment, SecretMask mask) {
        // A CGI program gets HTTP_PROXY from a request header: Go ignores the variable there, and so do we.
        boolean cgi = environment.containsKey("REQUEST_METHOD");
        http = proxy(environment, "http_proxy", cgi);
        https = proxy(environment, "https_proxy", false);
        for (HttpUrl proxy : new HttpUrl[] {http, https}) {
            if (proxy != null) {
                mask.addPassword(proxy.username(), Secret.of(proxy.password()));
            }
        }
        exempt = List.of(value(environment, "no_proxy", false).split("[,\\s]+"));
    }

    @Override
    public List<Proxy> select(URI uri) {
        HttpUrl proxy = "https".equals(uri.getScheme()) ? https : http;
        if (proxy == null) {
            return List.of(Proxy.NO_PROXY);
        }
        // Not the host of the URI: that is null for names that only java.net.URI dislikes, such as those with "_".
        HttpUrl target = HttpUrl.get(uri.toString());
        if (isExempt(bare(target.host()), target.port())) {
            return List.of(Proxy.NO_PROXY);
        }
        // Unresolved, so that the proxy's own name is looked up when it is contacted.
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The failed call reports it.
    }

    /** Whether a host is one of the proxies. */
    boolean isProxy(String host) {
        return http != null && http.host().equals(host)
                || https != null && https.host().equals(host);
    }

    /** Answers a 407 of a proxy with the user in the proxy's URL. */
    Authenticator authenticator() {
        return (route, response) -> {
            HttpUrl proxy =
                    route != null && "https".equals(route.address().url().scheme()) ? https : http;
            return proxy == null || route == null || !isAt(route.proxy(), proxy)
                    ? null
                    : authenticator(proxy.username(), proxy.password()).authenticate(route, response);
        };
    }

    /** The password is for this proxy, and not for one that the program chose. */
    private static boolean isAt(Proxy used, HttpUrl proxy) {
        return used.address() instanceof InetSocketAddress address
                && address.getPort() == proxy.port()
                && address.getHostString().equalsIgnoreCase(proxy.host());
    }

    /** Answers a proxy with a user, once. */
    static Authenticator authenticator(String username, String password) {
        return (route, response) -> {
            if (username.isEmpty() || response.request().header("Proxy-Authorization") != null) {
                return null;
            }
            return response.request()
                    .newBuilder()
                    .header("Proxy-Authorization", Credentials.basic(username, password))
                    .build();
        };
    }

    private boolean isExempt(String host, int port) {
        if (Localhost.isLocalhost(host)) {
            return true;
        }
        for (String entry : exempt) {
            if (!entry.isEmpty() && covers(entry.toLowerCase(Locale.ROOT), host.toLowerCase(Locale.ROOT), port)) {
                return true;
            }
        }
        return false;
    }

    private static boolean covers(String entry, String host, int port) {
        if (entry.equals("*")) {
            return true;
        }
        if (entry.indexOf('/') > 0) {
            return inNetwork(entry, host);
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        if (colon > 0 && entry.indexOf(':') == colon) {
            if (!entry.substring(colon + 1).equals(String.valueOf(port))) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean inNetwork(String network, String host) {
        try {
            Optional<InetAddress> address = AddressLiteral.of(host);
            return address.isPresent()
                    && Network.of(network)
                            .filter(known -> known.contains(address.get()))
                            .isPresent();
        } catch (UnknownHostException e) {
            return false; // it has the characters of an address, and is none
        }
    }

    private static @Nullable HttpUrl proxy(Map<String, String> environment, String name, boolean lowerCaseOnly) {
        String text = value(environment, name, lowerCaseOnly);
        if (text.isEmpty()) {
            return null;
        }
        HttpUrl url = HttpUrl.parse(text.contains("://") ? text : "http://" + text);
        if (url == null || !url.scheme().equals("http")) {
            throw new ConfigurationException("the variable " + name + " (or " + name.toUpperCase(Locale.ROOT)
                    + ") has no http:// proxy URL: write http://host:port");
        }
        return url;
    }

    private static String value(Map<String, String> environment, String name, boolean lowerCaseOnly) {
        String upper = environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
        return !upper.isEmpty() && !lowerCaseOnly ? upper : environment.getOrDefault(name, "");
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
