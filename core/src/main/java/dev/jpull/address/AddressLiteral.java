// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** IP addresses in text; nothing is looked up. */
public final class AddressLiteral {
    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final int IPV4_BYTES = 4;

    /** The longest number of an IPv4 address, 2^32 - 1, has so many digits. */
    private static final int MAX_DIGITS = 10;

    private AddressLiteral() {}

    /**
     * The address that a host denotes without a lookup, in every form that a connection accepts, such as
     * {@code 2130706433} for 127.0.0.1; empty when the host is a name.
     *
     * @param host a host without port and brackets
     * @throws UnknownHostException if the host has the characters of an address, and is none
     */
    public static Optional<InetAddress> of(String host) throws UnknownHostException {
        if (IPV4.matcher(host).matches()) {
            return Optional.of(ipv4(host));
        }
        if (!IPV6.matcher(host).matches()) {
            return Optional.empty();
        }
        if (host.startsWith(".")) {
            throw none(host); // InetAddress would look it up
        }
        return Optional.of(
                InetAddress.getByName(host)); // with a colon, and a digit or a colon at its beginning, never looked up
    }

    /** Of one to four decimal numbers; the last one fills the bytes that are left. InetAddress looks up what is none. */
    private static InetAddress ipv4(String host) throws UnknownHostException {
        String[] numbers = host.split("\\.", -1);
        if (numbers.length > IPV4_BYTES) {
            throw none(host);
        }
        long address = 0;
        for (int i = 0; i < numbers.length; i++) {
            int bytes = i < numbers.length - 1 ? 1 : IPV4_BYTES - i;
            if (numbers[i].isEmpty() || numbers[i].length() > MAX_DIGITS) {
                throw none(host);
            }
            long number = Long.parseLong(numbers[i]);
            if (number >= 1L << 8 * bytes) {
                throw none(host);
            }
            address = address << 8 * bytes | number;
        }
        return InetAddress.getByAddress(
                new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address});
    }

    private static UnknownHostException none(String host) {
        return new UnknownHostException(host + " is no IP address");
    }
}
