// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether a host is in a private network by its text; nothing is looked up. */
public final class NetworkZone {
    private static final List<String> PRIVATE_SUFFIXES = List.of(
            ".local",
            ".internal",
            ".lan",
            ".home.arpa",
            ".intranet",
            ".corp",
            ".home",
            ".private",
            ".localdomain",
            ".svc",
            ".test",
            ".localhost");

    private NetworkZone() {}

    /**
     * Whether a host is in a private network: this machine, a name without a dot or below a domain that is private by
     * convention, or an address of a private network. A translated address is not: its gateway may be anywhere.
     *
     * @param host a host with an optional port
     */
    public static boolean isPrivate(String host) {
        if (Localhost.isLocalhost(host)) {
            return true;
        }
        Authority authority = Authority.of(host.toLowerCase(Locale.ROOT));
        try {
            Optional<InetAddress> address = AddressLiteral.of(authority.bareHost());
            if (address.isPresent()) {
                return isPrivate(address.get());
            }
        } catch (UnknownHostException e) {
            return false;
        }
        String name = authority.host();
        return name.indexOf('.') < 0 || PRIVATE_SUFFIXES.stream().anyMatch(name::endsWith);
    }

    private static boolean isPrivate(InetAddress address) {
        AddressScope scope = AddressScope.of(address);
        return scope != AddressScope.PUBLIC && scope != AddressScope.RESERVED && !AddressScope.isTranslated(address);
    }
}
