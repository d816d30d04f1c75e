// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.Authority;
import dev.jpull.secret.Secret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP proxy of one host.
 *
 * @param host the name of the proxy; empty for no proxy
 * @param port its port, from 1 to 65535; 0 without a proxy
 * @param username the user of the proxy; empty for none
 * @param password the password of the user
 */
public record ProxyAddress(String host, int port, String username, Secret password) {
    private static final Pattern USER = Pattern.compile("(?:[^/?#@%\\p{Cntrl}]|%[0-9A-Fa-f]{2})*+");

    /** No proxy, even if the environment names one. */
    public static final ProxyAddress NONE = new ProxyAddress("", 0, "", Secret.NONE);

    private static final String SCHEME = "http://";
    private static final int HTTP_PORT = 80;

    /** The address that a text names, or null; the text may hold a password, and is never repeated. */
    static @Nullable ProxyAddress parse(String text) {
        if (!text.startsWith(SCHEME)) {
            return null;
        }
        String rest = text.substring(SCHEME.length()).replaceFirst("/$", "");
        int at = rest.lastIndexOf('@');
        String authority = rest.substring(at + 1);
        String user = rest.substring(0, Math.max(at, 0));
        if (!Authority.flaw(authority).isEmpty() || !USER.matcher(user).matches()) {
            return null;
        }
        Authority proxy = Authority.of(authority);
        String port = proxy.port();
        int end = user.indexOf(':');
        return new ProxyAddress(
                proxy.host(),
                port == null ? HTTP_PORT : Integer.parseInt(port),
                decoded(end < 0 ? user : user.substring(0, end)),
                Secret.of(end < 0 ? "" : decoded(user.substring(end + 1))));
    }

    private static String decoded(String escaped) {
        return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Whether the host is contacted directly. */
    public boolean isDirect() {
        return host.isEmpty();
    }

    /** The address without user and password. */
    @Override
    public String toString() {
        return isDirect() ? "none" : "http://" + host + ":" + port;
    }
}
