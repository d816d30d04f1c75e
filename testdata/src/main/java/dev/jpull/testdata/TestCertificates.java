// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A certificate authority of its own, made when a test needs it, and certificates signed by it. */
public final class TestCertificates {
    private static final Duration VALIDITY = Duration.ofDays(90);
    private static final String SUBJECT = "CN=jpull test authority";

    private final String signature;
    private final KeyPair caKey;
    private final X509Certificate ca;
    private long serial = 2;

    /**
     * A certificate and its key.
     *
     * @param certificate the certificate
     * @param key the private key
     */
    public record Identity(X509Certificate certificate, PrivateKey key) {
        /** The certificate in PEM form. */
        public String certificatePem() {
            return pem(certificate);
        }

        /** The key as PKCS#8, in PEM form. */
        public String pkcs8Pem() {
            return pem(new PemObject("PRIVATE KEY", key.getEncoded()));
        }

        /** The key as PKCS#1 (RSA), or as SEC1 with its parameters before it (EC), in PEM form. */
        public String traditionalPem() {
            try {
                PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
                if (key.getAlgorithm().equals("RSA")) {
                    return pem(new PemObject(
                            "RSA PRIVATE KEY",
                            info.parsePrivateKey().toASN1Primitive().getEncoded()));
                }
                ASN1Encodable curve = info.getPrivateKeyAlgorithm().getParameters();
                BigInteger secret =
                        ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
                return pem(new PemObject(
                                "EC PARAMETERS", curve.toASN1Primitive().getEncoded()))
                        + pem(new PemObject("EC PRIVATE KEY", new ECPrivateKey(256, secret, curve).getEncoded()));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A new authority. */
    public TestCertificates() {
        this(VALIDITY);
    }

    /** A new authority with a name. */
    public TestCertificates(String name) {
        this(VALIDITY, name);
    }

    /**
     * A new authority.
     *
     * @param left how long it is still valid; negative when it has expired
     */
    public TestCertificates(Duration left) {
        this(left, SUBJECT);
    }

    private TestCertificates(Duration left, String subject) {
        this(left, subject, "EC", "SHA256withECDSA");
    }

    private TestCertificates(Duration left, String subject, String algorithm, String signature) {
        this.signature = signature;
        try {
            caKey = keyPair(algorithm);
            X500Name name = new X500Name(subject);
            X509v3CertificateBuilder builder = builder(name, name, caKey, BigInteger.ONE, left);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            ca = sign(builder);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A new authority that signs in another way.
     *
     * @param algorithm of its key: {@code RSA}, {@code EC} or {@code Ed25519}
     * @param signature the algorithm of its signatures, as in {@code SHA256withRSAandMGF1}
     */
    public static TestCertificates signingWith(String algorithm, String signature) {
        return new TestCertificates(VALIDITY, SUBJECT, algorithm, signature);
    }

    /** The certificate of the authority. */
    public X509Certificate ca() {
        return ca;
    }

    /** The certificate of the authority in PEM form. */
    public String caPem() {
        return pem(ca);
    }

    /** An identity for the host localhost and its addresses. */
    public Identity localhost() {
        return issue("localhost", "EC");
    }

    /**
     * An identity.
     *
     * @param commonName the subject
     * @param algorithm {@code RSA}, {@code RSASSA-PSS}, {@code EC}, {@code P-521} or {@code Ed25519}
     */
    public Identity issue(String commonName, String algorithm) {
        return issue(commonName, algorithm, VALIDITY, "localhost");
    }

    /**
     * An identity.
     *
     * @param commonName the subject
     * @param algorithm {@code RSA}, {@code RSASSA-PSS}, {@code EC}, {@code P-521} or {@code Ed25519}
     * @param left how long it is still valid; negative when it has expired
     * @param dnsNames the names of the host; with localhost its addresses as well
     */
    public Identity issue(String commonName, String algorithm, Duration left, String... dnsNames) {
        try {
            KeyPair pair = keyPair(algorithm);
            X509v3CertificateBuilder builder = builder(
                    new X500Name(ca.getSubjectX500Principal().getName()),
                    new X500Name("CN=" + commonName),
                    pair,
                    BigInteger.valueOf(serial++),
                    left);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            List<GeneralName> names = new ArrayList<>();
            for (String name : dnsNames) {
                names.add(new GeneralName(GeneralName.dNSName, name));
            }
            if (List.of(dnsNames).contains("localhost")) {
                names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
                names.add(new GeneralName(GeneralName.iPAddress, "::1"));
            }
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            return new Identity(sign(builder), pair.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The TLS context of a server with this identity, which trusts clients that this authority signed. */
    public SSLContext serverContext(Identity identity) {
        try {
            KeyStore keys = store();
            keys.setKeyEntry("server", identity.key(), new char[0], new Certificate[] {identity.certificate(), ca});
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(keys, new char[0]);
            KeyStore trusted = store();
            trusted.setCertificateEntry("ca", ca);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a text file, and returns its path. */
    public static Path write(Path file, String text) {
        try {
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair pair, BigInteger number, Duration left) {
        Instant end = Instant.now().plus(left);
        return new JcaX509v3CertificateBuilder(
                issuer,
                number,
                Date.from(end.minus(VALIDITY).minus(1, ChronoUnit.HOURS)),
                Date.from(end),
                subject,
                pair.getPublic());
    }

    private X509Certificate sign(X509v3CertificateBuilder builder) throws GeneralSecurityException {
        try {
            JcaContentSignerBuilder signer = new JcaContentSignerBuilder(signature);
            if (signature.endsWith("andMGF1")) {
                signer.setProvider(OtherSignatures.provider());
            }
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer.build(caKey.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** Signatures that Java knows by other names; a class of its own, because the jar of the command is without this provider. */
    private static final class OtherSignatures {
        static Provider provider() {
            return new BouncyCastleProvider();
        }
    }

    private static KeyPair keyPair(String algorithm) throws GeneralSecurityException {
        boolean p521 = algorithm.equals("P-521");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(p521 ? "EC" : algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.startsWith("RSA") ? 2048 : p521 ? 521 : 256);
        }
        return generator.generateKeyPair();
    }

    private static KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
