// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host with an optional port, as a reference or a configuration writes it (RFC 3986 section 3.2, without user
 * information).
 *
 * @param host the host as written, an IPv6 address with or without brackets
 * @param port the port as written; null when there is none
 */
public record Authority(String host, @Nullable String port) {
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;
    private static final int MAX_PORT = 65535;
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern ADDRESS =
            Pattern.compile("(?:(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])(?:\\.(?!$)|$)){4}");
    private static final Pattern BRACKETED = Pattern.compile("\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]");

    /** Splits a text at the colon before its port. None of the colons of an IPv6 address without brackets is one. */
    public static Authority of(String text) {
        int colon = text.lastIndexOf(':');
        boolean port =
                colon > 0 && colon > text.lastIndexOf(']') && (text.startsWith("[") || text.indexOf(':') == colon);
        return port ? new Authority(text.substring(0, colon), text.substring(colon + 1)) : new Authority(text, null);
    }

    /** Whether there is a port, which may be empty. */
    public boolean hasPort() {
        return port != null;
    }

    /** Whether the port is this one. */
    public boolean hasPort(int number) {
        return String.valueOf(number).equals(port);
    }

    /** The host without the brackets of an IPv6 address. */
    public String bareHost() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The host, and the port when there is one. */
    @Override
    public String toString() {
        return port == null ? host : host + ":" + port;
    }

    /**
     * Why a host with an optional port cannot be contacted, by its text (RFC 1123, RFC 4291, limits of the
     * DNS).
     *
     * @return a sentence part; empty when there is no reason
     */
    public static String flaw(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port = colon > authority.lastIndexOf(']');
        String host = port ? authority.substring(0, colon) : authority;
        if (port && !isPort(authority.substring(colon + 1))) {
            return "its port is not a number from 1 to " + MAX_PORT;
        }
        return host.startsWith("[") ? flawOfIpv6(host) : flawOfName(host);
    }

    private static boolean isPort(String digits) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int number = Integer.parseInt(digits);
        return number >= 1 && number <= MAX_PORT;
    }

    private static String flawOfName(String host) {
        if (host.isEmpty()) {
            return "it has no host";
        }
        if (host.indexOf(':') >= 0) {
            return "an IPv6 address has to be in brackets";
        }
        if (host.length() > MAX_NAME) {
            return "its name is longer than " + MAX_NAME + " characters";
        }
        String[] labels = host.endsWith(".") && host.length() > 1
                ? host.substring(0, host.length() - 1).split("\\.", -1)
                : host.split("\\.", -1);
        for (String label : labels) {
            if (label.isEmpty()) {
                return "its name has two dots in a row, or begins with one";
            }
            if (label.length() > MAX_LABEL) {
                return "a part of its name is longer than " + MAX_LABEL + " characters";
            }
            if (!LABEL.matcher(label).matches()) {
                return "its name has other characters than letters, digits, hyphens and dots (write an international"
                        + " name in its xn-- form)";
            }
        }
        if (host.charAt(0) == '-' || host.charAt(0) == '_') {
            return "its name does not begin with a letter or a digit";
        }
        boolean numeric = labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9');
        return numeric && !ADDRESS.matcher(host).matches() ? "it is no complete IPv4 address" : "";
    }

    private static String flawOfIpv6(String host) {
        if (!BRACKETED.matcher(host).matches()) {
            return "it is no IPv6 address";
        }
        try {
            InetAddress.getByName(host); // a literal with colons is never looked up
            return "";
        } catch (UnknownHostException e) {
            return "it is no IPv6 address";
        }
    }
}
