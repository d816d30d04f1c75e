// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A trust manager of the Java runtime for connections of any provider of TLS: the runtime knows the kinds of key exchange by its
 * own names alone. Host names are verified by the HTTP client.
 */
final class RuntimeTrust extends X509ExtendedTrustManager {
    /** What other providers say of TLS 1.3, where the certificate has no part in the key exchange, and what the runtime says. */
    private static final String FOREIGN_GENERIC = "GENERIC";

    private static final String RUNTIME_GENERIC = "UNKNOWN";

    private final X509ExtendedTrustManager runtime;

    RuntimeTrust(X509ExtendedTrustManager runtime) {
        this.runtime = runtime;
    }

    private static String runtimeName(String authType) {
        return authType.equals(FOREIGN_GENERIC) ? RUNTIME_GENERIC : authType;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        runtime.checkServerTrusted(chain, runtimeName(authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        runtime.checkServerTrusted(chain, runtimeName(authType), socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        runtime.checkServerTrusted(chain, runtimeName(authType), engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        runtime.checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        runtime.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        runtime.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return runtime.getAcceptedIssuers();
    }
}
