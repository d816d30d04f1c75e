// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connection to a host step by step, as a pull would, to see which step fails. Sends nothing but the hellos of TLS. For
 * use by one thread; close it to close the connection.
 */
public final class ConnectionProbe implements Closeable {
    private static final System.Logger LOGGER = System.getLogger(ConnectionProbe.class.getName());

    private final RegistryHost host;
    private final HttpUrl url;
    private final OkHttpClient client;
    private final TlsEngine tls;
    private final Duration answerTimeout;
    private @Nullable Socket socket;

    ConnectionProbe(RegistryHost host, HttpUrl url, OkHttpClient client, TlsEngine tls, Duration answerTimeout) {
        this.tls = tls;
        this.answerTimeout = answerTimeout;
        this.host = host;
        this.url = url;
        this.client = client;
    }

    /**
     * What was agreed upon with the host.
     *
     * @param protocol the version of TLS
     * @param cipher the cipher suite
     * @param chain the certificates of the host, its own first
     */
    public record TlsSession(String protocol, String cipher, List<CertificateSummary> chain) {
        /** Copies the list. */
        public TlsSession {
            chain = List.copyOf(chain);
        }
    }

    /** The proxy between, or empty when the host is contacted directly. */
    public Optional<String> proxy() {
        Proxy proxy = client.proxy();
        if (proxy == null) {
            proxy = client.proxySelector().select(url.uri()).get(0);
        }
        return proxy.type() == Proxy.Type.DIRECT
                ? Optional.empty()
                : Optional.of(proxy.address().toString().replaceFirst("/?<unresolved>", ""));
    }

    /** The addresses of the host. */
    public List<InetAddress> lookUp() throws IOException {
        return client.dns().lookup(url.host());
    }

    /** Connects to the first address that answers, within the dial timeout of the host for all of them. */
    public InetSocketAddress connect(List<InetAddress> addresses) throws IOException {
        long end = System.nanoTime() + host.dialTimeout().toNanos();
        IOException last = new SocketTimeoutException("connect timed out");
        for (InetAddress address : addresses) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (!host.dialTimeout().isZero() && left <= 0) {
                break;
            }
            InetSocketAddress target = new InetSocketAddress(address, url.port());
            Socket attempt = new Socket();
            try {
                attempt.connect(target, host.dialTimeout().isZero() ? 0 : Math.toIntExact(left));
                socket = attempt;
                return target;
            } catch (IOException e) {
                attempt.close();
                last = e;
            }
        }
        throw last;
    }

    /**
     * Makes the TLS connection, and checks the certificate of the host as a pull does.
     *
     * @throws ConfigurationException if the certificate files of the host cannot be used
     */
    public TlsSession handshake() throws IOException {
        try {
            return handshake(host.tls(), tls.material(host.tls(), new RuntimeTlsFallback()), true);
        } catch (SSLException e) {
            if (!TransportFailure.isDisagreement(e)) {
                throw e;
            }
        }
        close();
        connect(lookUp());
        return handshake(host.tls(), TlsMaterial.load(host.tls(), TlsMaterial.runtimeProvider()), true);
    }

    /** The certificates that the host shows, unverified; over a connection of its own, which is then closed. */
    public List<CertificateSummary> shownCertificates() throws IOException {
        close();
        connect(lookUp());
        TlsSettings unverified = new TlsSettings(List.of(), false, List.of(), true);
        return handshake(unverified, TlsMaterial.load(unverified, TlsMaterial.runtimeProvider()), false)
                .chain();
    }

    private TlsSession handshake(TlsSettings settings, TlsMaterial material, boolean check) throws IOException {
        Socket plain = socket;
        if (plain == null) {
            throw new IllegalStateException("not connected");
        }
        plain.setSoTimeout(client.readTimeoutMillis());
        Duration limit = host.httpFallback() ? TlsTrial.LIMIT : FailoverTimeouts.whole(host, answerTimeout, false);
        Deadline deadline = Deadline.start(limit, () -> end(plain));
        try {
            return handshake(plain, settings, material, check);
        } catch (IOException e) {
            throw deadline.isOver() ? new OverdueException(limit, e) : e;
        } finally {
            deadline.stop();
        }
    }

    /** Ends what waits for the socket. */
    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.TRACE, "closed all the same", e);
        }
    }

    private TlsSession handshake(Socket plain, TlsSettings settings, TlsMaterial material, boolean check)
            throws IOException {
        SSLSocket secure = (SSLSocket) material.sockets().createSocket(plain, url.host(), url.port(), true);
        socket = secure;
        secure.startHandshake();
        SSLSession session = secure.getSession();
        if (check && !settings.insecure() && !client.hostnameVerifier().verify(url.host(), session)) {
            throw new SSLPeerUnverifiedException("the certificate is for another host name");
        }
        List<CertificateSummary> chain = new ArrayList<>();
        for (Certificate certificate : session.getPeerCertificates()) {
            if (certificate instanceof X509Certificate x509) {
                chain.add(CertificateSummary.of(x509));
            }
        }
        return new TlsSession(session.getProtocol(), session.getCipherSuite(), chain);
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
    }
}
