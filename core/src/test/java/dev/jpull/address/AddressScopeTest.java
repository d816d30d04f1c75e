// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scope of addresses, and the zone of hosts that are named by them. */
class AddressScopeTest {
    @ParameterizedTest(name = "{0} is {1}, in a private zone: {2}")
    @CsvSource({
        "127.0.0.1, LOOPBACK, true",
        "127.255.255.254, LOOPBACK, true",
        "2130706433, LOOPBACK, true",
        "::1, LOOPBACK, true",
        "::ffff:127.0.0.1, LOOPBACK, true",
        "169.254.169.254, LINK_LOCAL, true",
        "fe80::1, LINK_LOCAL, true",
        "10.0.0.1, PRIVATE, true",
        "172.16.0.1, PRIVATE, true",
        "172.31.255.255, PRIVATE, true",
        "192.168.1.1, PRIVATE, true",
        "100.64.0.1, PRIVATE, true",
        "100.127.255.255, PRIVATE, true",
        "fc00::1, PRIVATE, true",
        "fdff::1, PRIVATE, true",
        "fec0::1, PRIVATE, true",
        "::ffff:10.0.0.1, PRIVATE, true",
        "0.0.0.0, RESERVED, false",
        "0.1.2.3, RESERVED, false",
        "224.0.0.1, RESERVED, false",
        "240.0.0.1, RESERVED, false",
        "255.255.255.255, RESERVED, false",
        "'::', RESERVED, false",
        "ff02::1, RESERVED, false",
        "8.8.8.8, PUBLIC, false",
        "172.32.0.1, PUBLIC, false",
        "100.63.255.255, PUBLIC, false",
        "100.128.0.0, PUBLIC, false",
        "2606:4700::1111, PUBLIC, false",
        "64:ff9b::7f00:1, LOOPBACK, false",
        "64:ff9b::a9fe:a9fe, LINK_LOCAL, false",
        "64:ff9b::a00:1, PRIVATE, false",
        "64:ff9b::808:808, PUBLIC, false",
        "2002:a00:1::, PRIVATE, false",
        "2002:808:808::, PUBLIC, false",
        "::10.0.0.1, PRIVATE, false",
    })
    void anAddressHasOneScope(String text, AddressScope scope, boolean inPrivateZone) throws UnknownHostException {
        InetAddress address = AddressLiteral.of(text).orElseThrow();
        assertThat(AddressScope.of(address)).isEqualTo(scope);
        assertThat(scope.isLocal()).isEqualTo(scope != AddressScope.PRIVATE && scope != AddressScope.PUBLIC);
        assertThat(NetworkZone.isPrivate(text)).isEqualTo(inPrivateZone);
        String authority = text.contains(":") ? "[" + text + "]:5000" : text + ":5000";
        assertThat(NetworkZone.isPrivate(authority)).isEqualTo(inPrivateZone);
    }

    @ParameterizedTest(name = "{0} is in a private zone: {1}")
    @CsvSource({
        "localhost, true",
        "registry, true",
        "registry:5000, true",
        "REGISTRY.LAN, true",
        "registry.svc:5000, true",
        "registry.example.test, true",
        "registry.localhost, true",
        "registry.example, false",
        "docker.io, false",
        "lan.example:5000, false",
        "1.2.3.4.5.example, false",
    })
    void aNameTellsItsZone(String host, boolean inPrivateZone) {
        assertThat(NetworkZone.isPrivate(host)).isEqualTo(inPrivateZone);
    }

    @Test
    void namesAreNoLiterals() throws UnknownHostException {
        assertThat(AddressLiteral.of("registry.example")).isEmpty();
        assertThat(AddressLiteral.of("cafe")).isEmpty();
        assertThat(AddressLiteral.of("[::1]")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "2130706433",
                "127.1",
                "10.0.257",
                "0",
                "4294967295",
                "192.168.016.1",
                "255.16777215"
            })
    void everyFormOfAnIpv4AddressIsALiteral(String host) throws UnknownHostException {
        assertThat(AddressLiteral.of(host)).contains(InetAddress.getByName(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "999.1.1.1",
                "1.2.3.256",
                "1.2.3.4.5",
                "1.2.65536",
                "1.16777216",
                "4294967296",
                "99999999999999999999",
                "1..2",
                ".1",
                "1.",
                ".",
                ".::1",
                ".:"
            })
    void whatLooksLikeAnAddressAndIsNoneIsNotLookedUp(String host) {
        // Thrown before InetAddress has seen the text.
        assertThatThrownBy(() -> AddressLiteral.of(host))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage(host + " is no IP address")
                .satisfies(failure -> assertThat(failure.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().equals(InetAddress.class.getName())));
        assertThat(NetworkZone.isPrivate(host)).isFalse();
    }
}
