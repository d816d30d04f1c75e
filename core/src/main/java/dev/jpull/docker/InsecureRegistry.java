// SPDX-License-Identifier: Apache-2.0
package dev.jpull.docker;

import dev.jpull.address.AddressLiteral;
import dev.jpull.address.Authority;
import dev.jpull.address.Localhost;
import dev.jpull.address.Network;
import dev.jpull.finding.SourcePosition;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An item of {@code insecure-registries} (moby, {@code daemon/pkg/registry/config.go:loadInsecureRegistries}).
 *
 * @param host a host with an optional port, compared as text; for a network, its text
 * @param network the addresses that are meant, or null when a host is
 * @param position where it was written
 */
public record InsecureRegistry(String host, @Nullable Network network, SourcePosition position) {
    /** What docker adds to every list: this machine. */
    static final List<InsecureRegistry> BUILT_IN = List.of(ofNetwork("::1/128"), ofNetwork("127.0.0.0/8"));

    private static InsecureRegistry ofNetwork(String text) {
        return new InsecureRegistry(text, Network.of(text).orElseThrow(), SourcePosition.BUILT_IN);
    }

    /** Whether a registry is meant by its text alone; a name other than {@code localhost} is in no network. */
    boolean covers(String registry) {
        if (network == null) {
            return host.equals(registry);
        }
        try {
            String name = Authority.of(registry).bareHost();
            Optional<InetAddress> address = AddressLiteral.of(name.equalsIgnoreCase("localhost") ? "127.0.0.1" : name);
            return address.isPresent() && network.contains(address.get());
        } catch (UnknownHostException e) {
            return false; // it has the characters of an address, and is none
        }
    }

    /** Whether docker would look up the name of a registry to compare its addresses with the networks. */
    static boolean isLookedUp(String registry) {
        if (Localhost.isLocalhost(registry)) {
            return false;
        }
        try {
            return AddressLiteral.of(Authority.of(registry).bareHost()).isEmpty();
        } catch (UnknownHostException e) {
            return false; // it has the characters of an address, and is none
        }
    }

    /** Whether it names the host of a registry, with another port. */
    boolean coversOtherPort(String registry) {
        return network == null
                && !host.equals(registry)
                && Authority.of(host)
                        .host()
                        .equalsIgnoreCase(Authority.of(registry).host());
    }

    /** What is meant, as a scope of {@link dev.jpull.hosts.HostConfiguration#scopes}. */
    String scope() {
        int slash = host.indexOf('/');
        return network != null && host.indexOf(':') >= 0
                ? "[" + host.substring(0, slash) + "]" + host.substring(slash)
                : host;
    }
}
