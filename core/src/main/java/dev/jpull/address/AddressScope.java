// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * How far an IP address is reachable, the widest scope last: the one classifier of addresses. An IPv6 address that embeds an
 * IPv4 address has the scope of the latter, because a gateway connects to it.
 */
public enum AddressScope {
    /** Multicast, unspecified and reserved addresses, which no registry has; a system may route some of them to itself. */
    RESERVED,
    /** This machine. */
    LOOPBACK,
    /** The link of this machine, where the metadata services of clouds are. */
    LINK_LOCAL,
    /** A private network: RFC 1918, RFC 4193, site-local, and the shared space of carriers (RFC 6598). */
    PRIVATE,
    /** All others. */
    PUBLIC;

    private static final int CARRIER_NETWORK = 100;

    /** The scope of an address. */
    public static AddressScope of(InetAddress address) {
        InetAddress embedded = embedded(address);
        if (embedded != null) {
            return of(embedded);
        }
        byte[] bytes = address.getAddress();
        boolean ipv4 = bytes.length == 4;
        if (address.isLoopbackAddress()) {
            return LOOPBACK;
        }
        if (address.isLinkLocalAddress()) {
            return LINK_LOCAL;
        }
        if (address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || ipv4 && (bytes[0] == 0 || (bytes[0] & 0xF0) == 0xF0)) {
            return RESERVED;
        }
        boolean carrier = ipv4 && bytes[0] == CARRIER_NETWORK && (bytes[1] & 0xC0) == 0x40;
        boolean unique = !ipv4 && (bytes[0] & 0xFE) == 0xFC;
        return address.isSiteLocalAddress() || carrier || unique ? PRIVATE : PUBLIC;
    }

    /** Whether an address of this scope never leaves this machine and its link. */
    public boolean isLocal() {
        return compareTo(PRIVATE) < 0;
    }

    /** Whether an IPv6 address embeds an IPv4 address. */
    static boolean isTranslated(InetAddress address) {
        return embedded(address) != null;
    }

    /** The IPv4 address within an IPv6 address of NAT64, 6to4 or the compatible form, or null. */
    private static @Nullable InetAddress embedded(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return null;
        }
        byte[] bytes = address.getAddress();
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
