// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.file.RegularFile;
import dev.jpull.text.ForeignText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The certificates and private keys of a PEM file, in file order. Keys may be PKCS#8, which the JDK reads, or PKCS#1 and SEC1, for which
 * BouncyCastle is needed; blocks of other kinds are skipped, as Go does.
 *
 * @param certificates the certificates
 * @param keys the private keys
 */
public record PemFile(List<X509Certificate> certificates, List<PrivateKey> keys) {
    private static final int MAX_SIZE = 1 << 20;
    /** Whose keys the JDK reads; a factory refuses those of other algorithms. */
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA");

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it cannot be read, or a block in it cannot be used
     */
    public static PemFile read(Path file) {
        PemFile read = new PemFile(new ArrayList<>(), new ArrayList<>());
        String text = text(file);
        try {
            for (PemBlock block : PemBlock.of(text)) {
                read.add(block, file);
            }
        } catch (IOException e) {
            throw unusable(file, String.valueOf(e.getMessage()), e);
        }
        return new PemFile(List.copyOf(read.certificates), List.copyOf(read.keys));
    }

    private void add(PemBlock block, Path file) {
        try {
            switch (block.kind()) {
                case "CERTIFICATE", "X509 CERTIFICATE" -> certificates.add(certificate(block.content()));
                case "PRIVATE KEY" -> keys.add(key(block.content()));
                case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                    keys.add(key(traditional(block, file)));
                default -> {} // parameters, requests, public keys: neither a certificate nor a private key
            }
        } catch (ConfigurationException e) {
            throw e;
        } catch (IOException
                | GeneralSecurityException
                | RuntimeException e) { // BouncyCastle throws such of many kinds
            throw unusable(
                    file,
                    "the " + block.kind() + " in line " + block.line()
                            + " is damaged, or of a kind that Java does not know",
                    e);
        }
    }

    private static X509Certificate certificate(byte[] content) throws CertificateException {
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        if (certificate.getEncoded().length != content.length) {
            throw new CertificateException("bytes follow the certificate");
        }
        return certificate;
    }

    private static PrivateKey key(byte[] content) throws GeneralSecurityException {
        InvalidKeySpecException failure =
                new InvalidKeySpecException("no algorithm of " + ALGORITHMS + " has such a key");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(content));
            } catch (InvalidKeySpecException e) {
                failure.addSuppressed(e); // of another algorithm
            }
        }
        throw failure;
    }

    private static byte[] traditional(PemBlock block, Path file) throws IOException {
        if (block.encrypted()) {
            throw new ConfigurationException("the private key in " + shown(file)
                    + " is encrypted, and a registry configuration has no place for its password: decrypt it"
                    + " with \"openssl pkey\"");
        }
        try {
            return TraditionalKey.toPkcs8(block);
        } catch (LinkageError e) {
            throw new ConfigurationException(
                    "the private key in " + shown(file) + " begins with \"BEGIN " + block.kind()
                            + "\", a form that needs the library org.bouncycastle:bcpkix-jdk18on: add it to the class"
                            + " path, or to the module path with --add-modules org.bouncycastle.pkix, or convert the"
                            + " key with \"openssl pkey\"",
                    e);
        }
    }

    private static ConfigurationException unusable(Path file, String reason, Exception cause) {
        return new ConfigurationException(
                shown(file) + " is not a usable PEM file: " + ForeignText.line(reason)
                        + "; name a file of certificates or keys in PEM form",
                cause);
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
