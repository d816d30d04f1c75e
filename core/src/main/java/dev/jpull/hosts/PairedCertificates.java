// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.file.Reason;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one host as podman and Docker's daemon read them: {@code *.crt} are authorities beside those of the
 * system, and each {@code *.cert} is a client certificate with the {@code *.key} of the same name, which has to be there
 * (containers-certs.d(5)).
 *
 * @param directory where they are
 * @param ca the authorities
 * @param client the client certificates
 */
public record PairedCertificates(Path directory, List<Path> ca, List<ClientKeyPair> client) {
    private static final String CERTIFICATE = ".cert";
    private static final String KEY = ".key";
    private static final String REFUSES = "refuses every pull from this host";

    /** Copies the lists. */
    public PairedCertificates {
        ca = List.copyOf(ca);
        client = List.copyOf(client);
    }

    /** Reads a directory; what makes it unusable is added to the findings. */
    public static PairedCertificates read(Path directory, Findings findings) {
        List<Path> ca = new ArrayList<>();
        List<ClientKeyPair> client = new ArrayList<>();
        try {
            List<Path> files = CertificateDirectory.files(directory, Set.of(".crt", CERTIFICATE, KEY));
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".crt")) {
                    ca.add(file);
                } else if (!files.contains(partner(file, name))) {
                    findings.error(
                            "certificate-pair",
                            SourcePosition.of(file),
                            "there is no "
                                    + (name.endsWith(KEY)
                                            ? "client certificate for this key"
                                            : "key of this certificate"),
                            REFUSES,
                            "add " + partner(file, name).getFileName()
                                    + ", or name the file *.crt when it is a certificate authority");
                } else if (name.endsWith(CERTIFICATE)) {
                    client.add(new ClientKeyPair(file, partner(file, name)));
                }
            }
        } catch (IOException e) {
            findings.error(
                    "unreadable",
                    SourcePosition.of(directory),
                    "the certificates cannot be read: " + Reason.of(e),
                    REFUSES,
                    "correct the directory and its permissions");
        }
        return new PairedCertificates(directory, ca, client);
    }

    private static Path partner(Path file, String name) {
        String from = name.endsWith(KEY) ? KEY : CERTIFICATE;
        String to = from.equals(KEY) ? CERTIFICATE : KEY;
        return file.resolveSibling(name.substring(0, name.length() - from.length()) + to);
    }

    /** The TLS settings of a host with these certificates. */
    public TlsSettings tls(@Nullable Boolean skipVerify) {
        return new TlsSettings(ca, false, client, skipVerify);
    }

    /** Where the settings come from, by their names. */
    public Map<String, SourcePosition> settings() {
        Map<String, SourcePosition> settings = new LinkedHashMap<>();
        if (!ca.isEmpty()) {
            settings.put("ca", SourcePosition.of(directory));
        }
        if (!client.isEmpty()) {
            settings.put("client", SourcePosition.of(directory));
        }
        return settings;
    }
}
