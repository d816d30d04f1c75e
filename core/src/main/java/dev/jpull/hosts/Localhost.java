// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Tells the machine itself from all others (docs/containerd.md section 4.1). */
public final class Localhost {
    private static final Pattern IPV4_LOOPBACK =
            Pattern.compile("127(?:\\.(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private Localhost() {}

    /**
     * Whether a host is this machine by its name alone: {@code localhost} in lower case, or a loopback address.
     *
     * @param host a host with an optional port
     */
    public static boolean isLocalhost(String host) {
        String name = withoutPort(host);
        if (name.equals("localhost") || IPV4_LOOPBACK.matcher(name).matches()) {
            return true;
        }
        if (!IPV6.matcher(name).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(name).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // not an address after all
        }
    }

    /** The host without its port, and without brackets when there was a port. */
    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end > 0 && colon == end + 1 ? host.substring(1, end) : host;
        }
        return colon >= 0 && host.indexOf(':') == colon ? host.substring(0, colon) : host;
    }
}
