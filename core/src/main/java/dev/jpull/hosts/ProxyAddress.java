// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.secret.Secret;

/**
 * The HTTP proxy of one host.
 *
 * @param host the name of the proxy; empty to go without any proxy
 * @param port its port, from 1 to 65535; 0 without a proxy
 * @param username the user it wants to know; empty for none
 * @param password the password of the user
 */
public record ProxyAddress(String host, int port, String username, Secret password) {
    /** No proxy, whatever the environment says. */
    public static final ProxyAddress NONE = new ProxyAddress("", 0, "", Secret.NONE);

    /** Whether the host is contacted directly. */
    public boolean isDirect() {
        return host.isEmpty();
    }

    /** The address without user and password. */
    @Override
    public String toString() {
        return isDirect() ? "none" : "http://" + host + ":" + port;
    }
}
