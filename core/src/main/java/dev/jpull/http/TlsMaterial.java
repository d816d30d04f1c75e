// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.TlsSettings;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Keys and certificates for TLS with one host, read from the files that its settings name (docs/containerd.md section 4.2).
 *
 * @param sockets makes the TLS sockets
 * @param trust verifies the certificates of a host
 */
public record TlsMaterial(SSLSocketFactory sockets, X509TrustManager trust) {
    private static final char[] NO_PASSWORD = new char[0];

    /** The property by which the runtime is told to ask for revoked certificates. */
    private static final String CHECK_REVOCATION = "com.sun.net.ssl.checkRevocation";

    /** The provider that speaks TLS unless another one is given: that of the Java runtime. */
    public static Provider runtimeProvider() {
        try {
            return SSLContext.getInstance("TLS").getProvider();
        } catch (NoSuchAlgorithmException e) {
            throw new ConfigurationException("this Java runtime has no TLS", e);
        }
    }

    /**
     * Reads the files.
     *
     * @param provider speaks TLS, unless a client key is of a kind that the runtime alone signs with; whether a certificate is
     *     trusted is decided by the runtime in any case
     * @throws ConfigurationException if a file cannot be used
     */
    public static TlsMaterial load(TlsSettings settings, Provider provider) {
        return load(settings, provider, new RuntimeTlsFallback());
    }

    /**
     * Reads the files.
     *
     * @param fallback knows the hosts for which the TLS of the runtime is used
     */
    static TlsMaterial load(TlsSettings settings, Provider provider, RuntimeTlsFallback fallback) {
        try {
            // The authorities must be usable even if the host is not verified: they verify the targets of its
            // redirects.
            X509ExtendedTrustManager checked =
                    settings.insecure() && settings.ca().isEmpty() ? new Unverified() : trust(settings);
            X509ExtendedTrustManager trust = settings.insecure() ? new Unverified() : checked;
            List<ClientKey> keys = new ArrayList<>();
            for (ClientKeyPair pair : settings.client()) {
                keys.add(ClientKey.read(pair));
            }
            KeyManager[] managers = managers(keys);
            Provider runtimeProvider = runtimeProvider();
            SSLContext runtime = context(runtimeProvider, managers, trust);
            boolean common = keys.stream().allMatch(ClientKey::isCommon);
            return new TlsMaterial(
                    provider.equals(runtimeProvider) || !common
                            ? runtime.getSocketFactory()
                            : new TlsSockets(context(provider, managers, trust), runtime, fallback),
                    trust);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Verifies nothing: for a connection that never comes to certificates. */
    static X509TrustManager unverified() {
        return new Unverified();
    }

    private static SSLContext context(
            Provider provider, KeyManager @Nullable [] managers, X509ExtendedTrustManager trust)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS", provider);
        context.init(managers, new TrustManager[] {new RuntimeTrust(trust)}, null);
        return context;
    }

    private static X509ExtendedTrustManager trust(TlsSettings settings) throws GeneralSecurityException, IOException {
        if (settings.ca().isEmpty()) {
            return runtimeTrust();
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        if (!settings.caReplacesSystem()) {
            for (X509Certificate certificate : runtimeTrust().getAcceptedIssuers()) {
                anchors.add(new TrustAnchor(certificate, null));
            }
        }
        for (Path file : settings.ca()) {
            List<X509Certificate> certificates = PemFile.read(file).certificates();
            if (certificates.isEmpty()) {
                throw new ConfigurationException("the CA file " + file + " has no certificate in PEM form");
            }
            for (X509Certificate certificate : certificates) {
                anchors.add(new TrustAnchor(certificate, null));
            }
        }
        return trustManager(anchors);
    }

    /** Not by a key store, as the runtime reads its own: the first one of a process takes 10 ms. */
    private static X509ExtendedTrustManager trustManager(Set<TrustAnchor> anchors) throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, null);
        parameters.setRevocationEnabled(Boolean.getBoolean(CHECK_REVOCATION));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return only(factory);
    }

    private static X509ExtendedTrustManager runtimeTrust() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return only(factory);
    }

    private static X509ExtendedTrustManager only(TrustManagerFactory factory) {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("this Java runtime has no X.509 trust manager");
    }

    private static KeyManager @Nullable [] managers(List<ClientKey> keys) throws GeneralSecurityException, IOException {
        if (keys.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        for (ClientKey key : keys) {
            store.setKeyEntry("client-" + store.size(), key.key(), NO_PASSWORD, key.chain());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** Accepts every certificate: {@code skip_verify}, for the one host that is configured so. */
    private static final class Unverified extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
