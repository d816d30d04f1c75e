// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.testdata.TestCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;

/** A host refuses a client without a certificate in TLS 1.3: after its own part of the handshake, while the client still writes. */
class RefusedAfterHandshakeTest {
    private static final TestCertificates CERTIFICATES = new TestCertificates();

    private final CountDownLatch ended = new CountDownLatch(1);

    @RepeatedTest(5)
    void theAlertIsTheReasonAndNotTheBrokenConnection() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> refuse(listening));
            server.start();
            IOException failure = failureOf("https://localhost:" + listening.getLocalPort());
            server.join();
            assertThat(TransportFailure.of(failure).text()).isEqualTo("the host requires a client certificate");
        }
    }

    /** Sends the alert and resets the connection, so that the next write of the client fails. */
    private void refuse(ServerSocket listening) {
        SSLContext context = CERTIFICATES.serverContext(CERTIFICATES.localhost());
        try (Socket plain = listening.accept()) {
            SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), false);
            secure.setUseClientMode(false);
            secure.setNeedClientAuth(true);
            assertThat(catchThrowableOfType(SSLHandshakeException.class, secure::startHandshake))
                    .isNotNull();
            plain.setSoLinger(true, 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            ended.countDown();
        }
    }

    private IOException failureOf(String url) throws Exception {
        X509TrustManager trust = trust();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new X509TrustManager[] {trust}, null);
        ReadAllowance allowance = new ReadAllowance();
        OkHttpClient client = new OkHttpClient.Builder()
                .socketFactory(new ReadAheadSockets(HttpOptions.Network.SYSTEM, allowance))
                .sslSocketFactory(context.getSocketFactory(), trust)
                .retryOnConnectionFailure(false)
                .eventListener(new WaitingForTheEnd())
                .build();
        Exchange exchange = new Exchange(new Cancellation(), Duration.ofSeconds(20), allowance);
        try {
            Call call = client.newCall(new Request.Builder().url(url).build());
            return catchThrowableOfType(IOException.class, () -> exchange.execute(call));
        } finally {
            exchange.end();
        }
    }

    private static X509TrustManager trust() throws Exception {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null);
        authorities.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(CERTIFICATES.caPem().getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    /** The request is written when the host has ended the connection. */
    private final class WaitingForTheEnd extends EventListener {
        @Override
        public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
            try {
                assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
