// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
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
public record PemFile(List<X509Certificate> certificates, List<PrivateKey> keys) {
    private static final int MAX_SIZE = 1 << 20;

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it cannot be read, or a block in it cannot be used
     */
    public static PemFile read(Path file) {
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
                            "the private key in " + shown(file)
                                    + " is encrypted, and a registry configuration has no place for its password: decrypt it with \"openssl pkey\"");
                }
            }
        } catch (IOException | CertificateException | RuntimeException e) {
            throw e instanceof ConfigurationException configuration
                    ? configuration
                    : new ConfigurationException(
                            shown(file) + " is not a usable PEM file: "
                                    + ForeignText.line(String.valueOf(e.getMessage()))
                                    + "; name a file of certificates or keys in PEM form",
                            e);
        }
        return new PemFile(certificates, keys);
    }

    private static String text(Path file) {
        try {
            return new String(RegularFile.read(file, MAX_SIZE), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(
                    "the certificate or key file " + shown(file) + " does not exist: put it there, or correct the path",
                    e);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the certificate or key file " + shown(file) + " cannot be read: " + Reason.of(e)
                            + "; name a PEM file that this user may read",
                    e);
        }
    }

    private static String shown(Path file) {
        return ForeignText.line(file.toString());
    }
}
