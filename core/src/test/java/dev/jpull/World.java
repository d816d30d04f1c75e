// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Machines with names and addresses of the whole world, all of which are really on loopback. */
final class World implements HttpOptions.Network, AutoCloseable {
    static final TestCertificates AUTHORITY = new TestCertificates();
    private static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final Map<String, Deque<List<InetAddress>>> names = new ConcurrentHashMap<>();
    private final Map<String, TestRegistry> listeners = new HashMap<>();
    private final List<TestRegistry> machines = new ArrayList<>();

    /** A server with TLS at port 443, with a certificate for its names. */
    TestRegistry secure(String address, String... hosts) {
        return add(secured(hosts), address + ":443", hosts);
    }

    /** A server with TLS that nobody finds yet, with a certificate for some names. */
    static TestRegistry secured(String... hosts) {
        return TestRegistry.startTls(
                AUTHORITY.serverContext(AUTHORITY.issue(hosts[0], "EC", Duration.ofDays(9), hosts)), false);
    }

    /** A server without TLS at port 80. */
    TestRegistry plain(String address, String... hosts) {
        return add(TestRegistry.start(), address + ":80", hosts);
    }

    /** Lets a server listen at an address and port, which some hosts have. */
    TestRegistry add(TestRegistry machine, String addressAndPort, String... hosts) {
        listeners.put(addressAndPort, machine);
        machines.add(machine);
        for (String host : hosts) {
            name(host, addressAndPort.substring(0, addressAndPort.lastIndexOf(':')));
        }
        return machine;
    }

    /** Gives a name its addresses, for all lookups from now on. */
    void name(String host, String... addresses) {
        names.put(host, new ConcurrentLinkedDeque<>(List.of(parse(addresses))));
    }

    /** Gives a name other addresses once the lookups so far are through. */
    void thenName(String host, String... addresses) {
        names.computeIfAbsent(host, unseen -> new ConcurrentLinkedDeque<>()).add(parse(addresses));
    }

    private static List<InetAddress> parse(String... addresses) {
        return Stream.of(addresses).map(World::address).collect(Collectors.toList());
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
        Deque<List<InetAddress>> answers = names.get(name);
        if (answers != null) {
            List<InetAddress> next = answers.size() > 1 ? answers.poll() : answers.peek();
            return next == null ? List.of() : next;
        }
        if (name.matches("[0-9a-fx.:]+") || name.equals("localhost")) {
            return List.of(InetAddress.getAllByName(name));
        }
        throw new UnknownHostException(name);
    }

    @Override
    public SocketAddress reach(SocketAddress address) {
        InetSocketAddress wanted = (InetSocketAddress) address;
        TestRegistry machine = listeners.get(wanted.getAddress().getHostAddress() + ":" + wanted.getPort());
        if (machine != null) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), machine.port());
        }
        return isLocal(wanted.getAddress())
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted.getPort())
                : NOBODY;
    }

    private static boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }

    @Override
    public void close() {
        machines.forEach(TestRegistry::close);
    }
}
