// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** IP addresses in text. */
public final class AddressLiteral {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private AddressLiteral() {}

    /**
     * The address that a host denotes without a lookup, in every form that a connection accepts, such as
     * {@code 2130706433} for 127.0.0.1; empty when the host is a name.
     *
     * @param host a host without port and brackets
     * @throws UnknownHostException if the host has the characters of an address, and is none
     */
    public static Optional<InetAddress> of(String host) throws UnknownHostException {
        return LITERAL.matcher(host).matches() ? Optional.of(InetAddress.getByName(host)) : Optional.empty();
    }
}
