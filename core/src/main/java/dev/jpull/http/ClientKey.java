// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ClientKeyPair;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A private key of a client, with the certificate that was made for it.
 *
 * @param key the key
 * @param certificates the chain, that of the key first
 */
record ClientKey(PrivateKey key, List<X509Certificate> certificates) {
    private static final int LONGEST_COMMON_CURVE = 384;
    private static final byte[] PROBE = {'j', 'p', 'u', 'l', 'l'};

    /**
     * Reads the files of a pair.
     *
     * @throws ConfigurationException if they cannot be used
     */
    static ClientKey read(ClientKeyPair pair) throws GeneralSecurityException, IOException {
        List<X509Certificate> certificates = PemFile.read(pair.certificate()).certificates();
        List<PrivateKey> keys = PemFile.read(pair.key()).keys();
        if (certificates.isEmpty()) {
            throw new ConfigurationException(
                    "the client certificate file " + pair.certificate() + " has no certificate in PEM form");
        }
        if (keys.isEmpty()) {
            throw new ConfigurationException("the file " + pair.key() + " has no private key in PEM form");
        }
        return new ClientKey(keys.get(0), chain(pair, certificates, keys.get(0)));
    }

    /** Whether every provider of TLS signs with such a key. BoringSSL offers no Ed25519, and no P-521 with TLS 1.2. */
    boolean isCommon() {
        return key.getAlgorithm().equals("RSA")
                || key instanceof ECKey curve && curve.getParams().getOrder().bitLength() <= LONGEST_COMMON_CURVE;
    }

    /** The chain, as key stores take it. */
    Certificate[] chain() {
        return certificates.toArray(Certificate[]::new);
    }

    /** The chain from the certificate of the key upwards, in any order of the file. */
    private static List<X509Certificate> chain(ClientKeyPair pair, List<X509Certificate> certificates, PrivateKey key)
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
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        X509Certificate last = leaf;
        while (chain.size() < certificates.size()) {
            X509Certificate issuer = issuerOf(last, certificates);
            if (issuer == null || chain.contains(issuer)) {
                break;
            }
            chain.add(issuer);
            last = issuer;
        }
        return List.copyOf(chain);
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
}
