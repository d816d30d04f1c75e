// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets of a provider of TLS that is not that of the Java runtime. They offer no version and no cipher suite that the runtime
 * would not offer, so that its security settings hold.
 */
final class TlsSockets extends SSLSocketFactory {
    private static final Set<String> VERSIONS = Set.of("TLSv1.2", "TLSv1.3");

    private final SSLSocketFactory sockets;
    private final SSLSocketFactory runtimeSockets;
    private final RuntimeTlsFallback fallback;
    private final String[] versions;
    private final String[] suites;

    TlsSockets(SSLContext context, SSLContext runtime, RuntimeTlsFallback fallback) {
        this.sockets = context.getSocketFactory();
        this.runtimeSockets = runtime.getSocketFactory();
        this.fallback = fallback;
        SSLParameters supported = context.getSupportedSSLParameters();
        SSLParameters allowed = runtime.getDefaultSSLParameters();
        this.versions = Arrays.stream(allowedOf(supported.getProtocols(), allowed.getProtocols()))
                .filter(VERSIONS::contains)
                .toArray(String[]::new);
        this.suites = allowedOf(supported.getCipherSuites(), allowed.getCipherSuites());
    }

    /** What the runtime allows and the other provider supports, in the order of the other one. */
    private static String[] allowedOf(String[] supported, String[] allowed) {
        Set<String> names = Set.of(allowed);
        return Arrays.stream(supported).filter(names::contains).toArray(String[]::new);
    }

    private Socket restricted(Socket socket) {
        SSLSocket secure = (SSLSocket) socket;
        secure.setEnabledProtocols(versions);
        secure.setEnabledCipherSuites(suites);
        return secure;
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
        return fallback.isFor(host, port)
                ? runtimeSockets.createSocket(plain, host, port, autoClose)
                : restricted(sockets.createSocket(plain, host, port, autoClose));
    }

    @Override
    public Socket createSocket() throws IOException {
        return restricted(sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return restricted(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return restricted(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return restricted(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return restricted(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return suites.clone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return suites.clone();
    }
}
