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
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
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
    private static final byte[] PROBE = {'j', 'p', 'u', 'l', 'l'};

    /**
     * Reads the files.
     *
     * @throws ConfigurationException if a file cannot be used
     */
    public static TlsMaterial load(TlsSettings settings) {
        try {
            // The authorities must be usable even if the host is not verified: they verify the targets of its
            // redirects.
            X509TrustManager checked =
                    settings.insecure() && settings.ca().isEmpty() ? new Unverified() : trust(settings);
            X509TrustManager trust = settings.insecure() ? new Unverified() : checked;
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(settings.client()), new TrustManager[] {trust}, null);
            return new TlsMaterial(context.getSocketFactory(), trust);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager trust(TlsSettings settings) throws GeneralSecurityException, IOException {
        if (settings.ca().isEmpty()) {
            return trustManager(null);
        }
        KeyStore store = emptyStore();
        int number = 0;
        if (!settings.caReplacesSystem()) {
            for (X509Certificate certificate : trustManager(null).getAcceptedIssuers()) {
                store.setCertificateEntry("system-" + number++, certificate);
            }
        }
        for (Path file : settings.ca()) {
            List<X509Certificate> certificates = PemFile.read(file).certificates();
            if (certificates.isEmpty()) {
                throw new ConfigurationException("the CA file " + file + " has no certificate in PEM form");
            }
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
        }
        return trustManager(store);
    }

    private static X509TrustManager trustManager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("this Java runtime has no X.509 trust manager");
    }

    private static KeyManager @Nullable [] keys(List<ClientKeyPair> pairs)
            throws GeneralSecurityException, IOException {
        if (pairs.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        for (ClientKeyPair pair : pairs) {
            List<X509Certificate> certificates =
                    PemFile.read(pair.certificate()).certificates();
            List<PrivateKey> keys = PemFile.read(pair.key()).keys();
            if (certificates.isEmpty()) {
                throw new ConfigurationException(
                        "the client certificate file " + pair.certificate() + " has no certificate in PEM form");
            }
            if (keys.isEmpty()) {
                throw new ConfigurationException("the file " + pair.key() + " has no private key in PEM form");
            }
            store.setKeyEntry(
                    "client-" + store.size(), keys.get(0), NO_PASSWORD, chain(pair, certificates, keys.get(0)));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** The chain from the certificate of the key upwards, in any order of the file. */
    private static Certificate[] chain(ClientKeyPair pair, List<X509Certificate> certificates, PrivateKey key)
            throws GeneralSecurityException {
        X509Certificate leaf = null;
        for (X509Certificate certificate : certificates) {
            if (belongTogether(key, certificate.getPublicKey())) {
                leaf = certificate;
                break;
            }
        }
        if (leaf == null) {
            throw new ConfigurationException(
                    "the private key in " + pair.key() + " does not belong to the certificate in " + pair.certificate()
                            + ": give the key that the certificate was made for");
        }
        List<Certificate> chain = new ArrayList<>(List.of(leaf));
        X509Certificate last = leaf;
        while (chain.size() < certificates.size()) {
            X509Certificate issuer = issuerOf(last, certificates);
            if (issuer == null || chain.contains(issuer)) {
                break;
            }
            chain.add(issuer);
            last = issuer;
        }
        return chain.toArray(Certificate[]::new);
    }

    private static @Nullable X509Certificate issuerOf(X509Certificate certificate, List<X509Certificate> certificates) {
        for (X509Certificate candidate : certificates) {
            if (candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean belongTogether(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        boolean sameKind = key.getAlgorithm().equals(publicKey.getAlgorithm())
                || key.getAlgorithm().startsWith("Ed")
                        && publicKey.getAlgorithm().startsWith("Ed")
                || key.getAlgorithm().startsWith("EC")
                        && publicKey.getAlgorithm().startsWith("EC");
        if (!sameKind) {
            return false;
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        return signature.verify(signed);
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
