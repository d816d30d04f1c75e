// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * The certificates and private keys of a PEM file, in file order. Keys may be PKCS#1, PKCS#8 or SEC1; blocks of other
 * kinds are skipped, as Go does.
 *
 * @param certificates the certificates
 * @param keys the private keys
 */
record PemFile(List<X509Certificate> certificates, List<PrivateKey> keys) {
    private static final int MAX_SIZE = 1 << 20;

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it cannot be read, or a block in it cannot be used
     */
    static PemFile read(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        List<PrivateKey> keys = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text(file)))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof X509CertificateHolder certificate) {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(certificate));
                } else if (block instanceof PEMKeyPair pair) {
                    keys.add(new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo()));
                } else if (block instanceof PrivateKeyInfo key) {
                    keys.add(new JcaPEMKeyConverter().getPrivateKey(key));
                } else if (block instanceof PEMEncryptedKeyPair || block instanceof PKCS8EncryptedPrivateKeyInfo) {
                    throw new ConfigurationException(
                            "the private key in " + file
                                    + " is encrypted, and hosts.toml has no place for its password: decrypt it with \"openssl pkey\"");
                }
            }
        } catch (IOException | CertificateException | RuntimeException e) {
            throw e instanceof ConfigurationException configuration
                    ? configuration
                    : new ConfigurationException(file + " is not a usable PEM file: " + e.getMessage(), e);
        }
        return new PemFile(certificates, keys);
    }

    private static String text(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw new ConfigurationException(file + " is a directory, but a PEM file is expected");
            }
            if (Files.size(file) > MAX_SIZE) {
                throw new ConfigurationException(file + " is larger than " + MAX_SIZE + " bytes: that is no PEM file");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(
                    "the certificate or key file " + file + " does not exist: put it there, or correct the path", e);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "the certificate or key file " + file + " cannot be read: permission denied", e);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the certificate or key file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
