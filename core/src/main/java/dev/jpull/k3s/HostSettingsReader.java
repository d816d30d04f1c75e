// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.CriAuth;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.lint.Findings;
import dev.jpull.secret.Secret;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the credentials and the TLS settings of one host. For use by one thread. */
final class HostSettingsReader {
    private static final String CA = "ca_file";
    private static final String CERTIFICATE = "cert_file";
    private static final String KEY = "key_file";
    private static final String SKIP_VERIFY = "insecure_skip_verify";
    private static final String TOKEN = "token";
    private static final List<String> AUTH = List.of("username", "password", "auth", "identity_token", TOKEN);
    private static final List<String> TLS = List.of(CA, CERTIFICATE, KEY, SKIP_VERIFY);

    private final String host;
    private final Findings findings;

    HostSettingsReader(String host, Findings findings) {
        this.host = host;
        this.findings = findings;
    }

    CriAuth auth(YamlTable table) {
        table.reportOthers(AUTH);
        if (table.has(TOKEN)) {
            findings.warning(
                    "auth-token",
                    table.positionOf(TOKEN),
                    "\"token\" is no key of the file, although the documentation of k3s has it",
                    Findings.IGNORED,
                    "write identity_token, or username and password");
        }
        CriAuth auth = new CriAuth(
                table.text("username"),
                Secret.of(table.text("password")),
                Secret.of(table.text("auth")),
                Secret.of(table.text("identity_token")),
                "");
        try {
            if (auth.credentialFor(host).isEmpty()) {
                findings.warning(
                        "auth-empty",
                        table.position(),
                        "\"auth\" has neither username nor auth nor identity_token",
                        "pulls without credentials",
                        "write username and password, or remove it");
            }
        } catch (ConfigurationException e) {
            findings.error(
                    "auth",
                    table.positionOf("auth"),
                    String.valueOf(e.getMessage()),
                    "fails every pull that needs it",
                    "write username and password");
        }
        return auth;
    }

    RegistriesYaml.Tls tls(YamlTable table) {
        table.reportOthers(TLS);
        Path ca = path(table, CA);
        Path certificate = path(table, CERTIFICATE);
        Path key = path(table, KEY);
        if (table.text(CERTIFICATE).isEmpty() != table.text(KEY).isEmpty()) {
            findings.error(
                    "client-pair",
                    table.positionOf(table.text(KEY).isEmpty() ? CERTIFICATE : KEY),
                    CERTIFICATE + " and " + KEY + " belong together",
                    "fails every pull from the host",
                    "give both");
        }
        boolean skipVerify = table.flag(SKIP_VERIFY);
        TlsSettings settings = new TlsSettings(
                ca == null ? List.of() : List.of(ca),
                false,
                certificate == null || key == null ? List.of() : List.of(new ClientKeyPair(certificate, key)),
                skipVerify ? Boolean.TRUE : null);
        Map<String, SourcePosition> positions = new LinkedHashMap<>();
        if (ca != null) {
            positions.put("ca", table.positionOf(CA));
        }
        if (!settings.client().isEmpty()) {
            positions.put("client", table.positionOf(CERTIFICATE));
        }
        if (skipVerify) {
            positions.put("skip_verify", table.positionOf(SKIP_VERIFY));
        }
        return new RegistriesYaml.Tls(settings, positions);
    }

    private @Nullable Path path(YamlTable table, String key) {
        String text = table.text(key);
        if (text.isEmpty()) {
            return null;
        }
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
            findings.error(
                    "relative-path",
                    table.positionOf(key),
                    "\"" + text + "\" does not begin at the root",
                    "looks for it in the directory of a hosts.toml that it writes, where it is not",
                    "write the whole path, such as /etc/ssl/registry/ca.pem");
        } catch (InvalidPathException e) {
            findings.error(
                    "path",
                    table.positionOf(key),
                    "\"" + text + "\" cannot be the name of a file: " + e.getReason(),
                    "fails every pull from the host",
                    "correct the path");
        }
        return null;
    }
}
