// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.http.HttpEndpoint;
import dev.jpull.http.PemFile;
import dev.jpull.http.TlsMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Looks into the certificate and key files that hosts name, and whether hosts can be contacted. For use by one thread. */
public final class CertificateLint {
    private static final Duration SOON = Duration.ofDays(30);
    private static final String FAILS_PULL = "fails the whole pull, even when another host could serve it";

    private final Instant now;
    private final List<Finding> findings = new ArrayList<>();

    /** A review as of now. */
    public CertificateLint(Instant now) {
        this.now = now;
    }

    /** What was found so far. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /**
     * Reviews the files of a host; a file that several hosts name is found where each names it.
     *
     * @param left which files are those of a node, and not there to be read
     */
    public void review(RegistryHost host, Predicate<Path> left) {
        try {
            HttpEndpoint.urlOf(host);
        } catch (ConfigurationException e) {
            error("url", host.source(), String.valueOf(e.getMessage()), "write it as it is known to the DNS");
        }
        host.tls().ca().stream().filter(left.negate()).forEach(file -> reviewCa(host, file));
        host.tls().client().stream()
                .filter(pair -> !left.test(pair.certificate()) && !left.test(pair.key()))
                .forEach(pair -> reviewClient(host, pair));
    }

    private void reviewCa(RegistryHost host, Path file) {
        SourcePosition position = position(host, "ca", file);
        try {
            List<X509Certificate> certificates = PemFile.read(file).certificates();
            if (certificates.isEmpty()) {
                error("ca", position, "the CA file " + file + " has no certificate in PEM form", "name a PEM file");
            }
            for (X509Certificate certificate : certificates) {
                reviewDates(certificate, position, file, certificates.size() == 1);
                if (certificate.getBasicConstraints() < 0 && certificate.getVersion() >= 3) {
                    warning(
                            "not-a-ca",
                            position,
                            "\"" + name(certificate) + "\" in " + file
                                    + " is not an authority: only a host that presents"
                                    + " this very certificate is trusted",
                            "name the certificate of the authority that signed it");
                }
            }
        } catch (ConfigurationException e) {
            error("ca", position, String.valueOf(e.getMessage()), "correct the path or the file");
        }
    }

    private void reviewClient(RegistryHost host, ClientKeyPair pair) {
        SourcePosition position = position(host, "client", pair.certificate());
        try {
            TlsMaterial.load(new TlsSettings(List.of(), false, List.of(pair), null), TlsMaterial.runtimeProvider());
            List<X509Certificate> chain = PemFile.read(pair.certificate()).certificates();
            chain.forEach(certificate -> reviewDates(certificate, position, pair.certificate(), true));
            if (isReadableByOthers(pair.key())) {
                warning(
                        "key-readable",
                        position,
                        "every user of this machine can read the private key " + pair.key(),
                        "chmod 600 " + pair.key());
            }
        } catch (ConfigurationException e) {
            error("client", position, String.valueOf(e.getMessage()), "correct the path or the file");
        }
    }

    private void reviewDates(X509Certificate certificate, SourcePosition position, Path file, boolean needed) {
        Instant expires = certificate.getNotAfter().toInstant();
        String what = "\"" + name(certificate) + "\" in " + file;
        if (expires.isBefore(now)) {
            String message = what + " has expired on " + date(expires);
            if (needed) {
                error("expired", position, message, "renew it");
            } else {
                warning("expired", position, message, "remove it, or renew it");
            }
        } else if (expires.isBefore(now.plus(SOON))) {
            warning("expires-soon", position, what + " expires on " + date(expires), "renew it");
        }
        Instant begins = certificate.getNotBefore().toInstant();
        if (begins.isAfter(now)) {
            warning("not-yet-valid", position, what + " is valid from " + date(begins) + " on", "check the clock");
        }
    }

    private static boolean isReadableByOthers(Path key) {
        try {
            return Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a system without such permissions
        }
    }

    /** The line that names the file, or the file itself where it is found by its name. */
    private static SourcePosition position(RegistryHost host, String setting, Path file) {
        SourcePosition named = host.provenance().settings().getOrDefault(setting, host.source());
        return named.line() > 0 ? named : SourcePosition.of(file);
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    private void error(String code, SourcePosition position, String message, String remedy) {
        findings.add(new Finding(
                Finding.Severity.ERROR, code, position, message, ContainerRuntime.CONTAINERD, FAILS_PULL, remedy));
    }

    private void warning(String code, SourcePosition position, String message, String remedy) {
        findings.add(new Finding(
                Finding.Severity.WARNING,
                code,
                position,
                message,
                ContainerRuntime.CONTAINERD,
                "does not report it",
                remedy));
    }
}
