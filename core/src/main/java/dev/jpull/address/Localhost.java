// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Tells this machine from all others by text (docs/containerd.md section 4.1). */
public final class Localhost {
    private static final Pattern IPV4_LOOPBACK =
            Pattern.compile("127(?:\\.(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private Localhost() {}

    /**
     * Whether a host is this machine by its name alone: {@code localhost} in lower case, or a loopback address. As in
     * containerd, an IPv6 address in brackets counts only with a port.
     *
     * @param host a host with an optional port
     */
    public static boolean isLocalhost(String host) {
        Authority authority = Authority.of(host);
        String name = authority.hasPort() ? authority.bareHost() : host;
        if (name.equals("localhost") || IPV4_LOOPBACK.matcher(name).matches()) {
            return true;
        }
        if (!IPV6.matcher(name).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(name).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // the text has colons, and is no address
        }
    }
}
