// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.text.ForeignText;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A human-readable summary of a certificate file.
 *
 * @param subject the name that the certificate is issued to
 * @param issuer the name of the authority that signed it
 * @param expires when it expires
 */
public record CertificateSummary(String subject, String issuer, Instant expires) {
    /** Makes harmless what the author of the certificate wrote. */
    public CertificateSummary {
        subject = ForeignText.line(subject);
        issuer = ForeignText.line(issuer);
    }

    /**
     * The certificates of a file, in file order.
     *
     * @throws ConfigurationException if the file cannot be used
     */
    public static List<CertificateSummary> of(Path file) {
        return PemFile.read(file).certificates().stream()
                .map(CertificateSummary::of)
                .toList();
    }

    static CertificateSummary of(X509Certificate certificate) {
        return new CertificateSummary(
                certificate.getSubjectX500Principal().getName(),
                certificate.getIssuerX500Principal().getName(),
                certificate.getNotAfter().toInstant());
    }
}
