// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses that begin with the same bits, in CIDR notation as Go reads it (RFC 4632, RFC 4291 section 2.3). Nothing is
 * looked up.
 *
 * @param base an address in the network
 * @param bits how many of its bits count
 */
public record Network(InetAddress base, int bits) {
    private static final Pattern CIDR = Pattern.compile("([0-9a-fA-F:.]+)/([0-9]{1,9})");
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])(?:\\.(?!$)|$)){4}");
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    /** The network that a text denotes; empty when it is none. */
    public static Optional<Network> of(String text) {
        Matcher cidr = CIDR.matcher(text);
        if (!cidr.matches()) {
            return Optional.empty();
        }
        String address = cidr.group(1);
        boolean ipv6 = address.indexOf(':') >= 0;
        int bits = Integer.parseInt(cidr.group(2));
        if (bits > (ipv6 ? IPV6_BITS : IPV4_BITS)
                || !ipv6 && !IPV4.matcher(address).matches()) {
            return Optional.empty();
        }
        try {
            Optional<InetAddress> base = AddressLiteral.of(address);
            // An IPv4 address that is written as one of IPv6 is one of IPv4 to Java.
            boolean mapped = ipv6 && base.map(InetAddress::getAddress).orElseThrow().length * 8 == IPV4_BITS;
            return base.map(is -> new Network(is, mapped ? Math.max(0, bits - IPV6_BITS + IPV4_BITS) : bits));
        } catch (UnknownHostException e) {
            return Optional.empty(); // it has the characters of an address, and is none
        }
    }

    /** The last address in the network. */
    public InetAddress last() {
        byte[] bytes = base.getAddress();
        for (int i = bits; i < bytes.length * 8; i++) {
            bytes[i / 8] |= (byte) (1 << 7 - i % 8);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // only for a wrong number of bytes
        }
    }

    /** Whether an address is in the network. */
    public boolean contains(InetAddress address) {
        byte[] wanted = base.getAddress();
        byte[] bytes = address.getAddress();
        if (wanted.length != bytes.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int shift = 7 - i % 8;
            if ((wanted[i / 8] >> shift & 1) != (bytes[i / 8] >> shift & 1)) {
                return false;
            }
        }
        return true;
    }
}
