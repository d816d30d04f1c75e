// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.lint.Spelling;
import dev.jpull.secret.Secret;
import dev.jpull.toml.TableReader;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;

/**
 * Interprets the tables of the CRI plugin (docs/containerd.md section 9.2). Every error becomes a finding with
 * its position.
 */
final class CriConfigReader {
    private static final List<Path> DEFAULT_CONFIG_PATH =
            List.of(Path.of("/etc/containerd/certs.d"), Path.of("/etc/docker/certs.d"));
    private static final List<String> PLUGIN =
            List.of("registry", "max_concurrent_downloads", "image_pull_progress_timeout");
    private static final List<String> REGISTRY = List.of("config_path", "mirrors", "configs", "auths", "headers");
    private static final List<String> MIRROR = List.of("endpoint");
    private static final List<String> CONFIG = List.of("auth", "tls");
    private static final List<String> AUTH = List.of("username", "password", "auth", "identitytoken");
    private static final List<String> TLS = List.of("insecure_skip_verify", "ca_file", "cert_file", "key_file");
    private static final String ENDPOINT = "write endpoint = [\"https://mirror.example\"]";
    private static final String QUOTED = "put the text in quotes";

    private final CriConfigFiles files;
    private final Findings findings;

    CriConfigReader(CriConfigFiles files, Findings findings) {
        this.files = files;
        this.findings = findings;
    }

    CriConfig read() {
        files.reportMisspelled();
        List<TableReader> plugins = files.plugins();
        plugins.forEach(CriConfigReader::reportMisspelled);
        TableReader registry = registry(plugins);
        Map<String, CriConfig.Mirror> mirrors = new LinkedHashMap<>();
        Map<String, CriConfig.HostSettings> configs = new LinkedHashMap<>();
        List<Path> roots = List.of();
        TableReader headers = null;
        if (registry != null) {
            reportUnknown(registry, REGISTRY);
            mirrors = mirrors(member(registry, "mirrors"));
            configs = configs(member(registry, "configs"));
            addAuths(member(registry, "auths"), configs);
            headers = member(registry, "headers");
            roots = configPath(registry, !mirrors.isEmpty());
        }
        return new CriConfig(
                roots.isEmpty() ? DEFAULT_CONFIG_PATH : roots,
                roots.isEmpty() || registry == null ? null : registry.positionOf("config_path"),
                mirrors,
                configs,
                headers(headers),
                headers == null ? null : headers.position(),
                maxConcurrentDownloads(with(plugins, "max_concurrent_downloads")),
                with(plugins, "max_concurrent_downloads") != null,
                progressTimeout(with(plugins, "image_pull_progress_timeout")),
                findings.all());
    }

    private static @Nullable TableReader registry(List<TableReader> plugins) {
        TableReader plugin = with(plugins, "registry");
        return plugin == null ? null : plugin.table("registry", "write it as a table");
    }

    /** The table that has a setting; that with the older name wins, as containerd migrates it. */
    private static @Nullable TableReader with(List<TableReader> plugins, String key) {
        TableReader last = null;
        for (TableReader plugin : plugins) {
            last = plugin.has(key) ? plugin : last;
        }
        return last;
    }

    private static @Nullable TableReader member(TableReader table, String key) {
        return table.has(key) ? table.table(key, "write it as a table") : null;
    }

    private static List<TableReader> members(TableReader table) {
        return table.keys().stream()
                .flatMap(key -> Stream.ofNullable(table.table(key, "write it as a table")))
                .toList();
    }

    /** The plugin has many settings that are none of our business: only what is almost one of ours is reported. */
    private static void reportMisspelled(TableReader plugin) {
        for (String key : plugin.keys()) {
            boolean like = key.startsWith("registry")
                    || !Spelling.suggestion(key, PLUGIN).isEmpty();
            if (like && !PLUGIN.contains(key)) {
                plugin.unknown(key, PLUGIN);
            }
        }
    }

    private static void reportUnknown(TableReader table, List<String> known) {
        for (String key : table.keys()) {
            if (!known.contains(key)) {
                table.unknown(key, known);
            }
        }
    }

    private List<Path> configPath(TableReader registry, boolean hasMirrors) {
        String list = registry.has("config_path") ? registry.text("config_path", QUOTED) : null;
        if (list == null || list.isEmpty()) {
            return List.of();
        }
        if (hasMirrors) {
            registry.error(
                    "mirrors-beside-config-path",
                    "config_path",
                    "\"config_path\" and \"mirrors\" exclude each other",
                    "move the mirrors to hosts.toml files below the config_path");
        }
        return Stream.of(list.split(File.pathSeparator))
                .filter(root -> !root.isEmpty())
                .flatMap(root -> Stream.ofNullable(registry.path("config_path", Path.of(""), root)))
                .toList();
    }

    private Map<String, CriConfig.Mirror> mirrors(@Nullable TableReader table) {
        Map<String, CriConfig.Mirror> mirrors = new LinkedHashMap<>();
        if (table != null) {
            for (TableReader mirror : members(table)) {
                reportUnknown(mirror, MIRROR);
                List<String> urls = mirror.has("endpoint") ? mirror.texts("endpoint", ENDPOINT) : List.of();
                List<CriConfig.MirrorEndpoint> endpoints = new ArrayList<>();
                if (urls != null && mirror.get("endpoint") instanceof TomlArray array) {
                    for (int i = 0; i < urls.size(); i++) {
                        endpoints.add(new CriConfig.MirrorEndpoint(urls.get(i), mirror.positionOf(array, i)));
                    }
                }
                mirrors.put(mirror.name(), new CriConfig.Mirror(endpoints, mirror.position()));
            }
            deprecated("cri-registry-mirrors", table, "hosts.toml files below config_path say the same");
        }
        return mirrors;
    }

    private Map<String, CriConfig.HostSettings> configs(@Nullable TableReader table) {
        Map<String, CriConfig.HostSettings> configs = new LinkedHashMap<>();
        if (table != null) {
            for (TableReader host : members(table)) {
                reportUnknown(host, CONFIG);
                TableReader auth = member(host, "auth");
                TableReader tls = member(host, "tls");
                if (tls != null) {
                    findings.warning(
                            "cri-registry-tls",
                            tls.position(),
                            "TLS settings of \"" + host.name() + "\"",
                            "ignores them here since its version 2; jpull applies them",
                            "write ca, client and skip_verify into a hosts.toml");
                }
                configs.put(
                        host.name(),
                        new CriConfig.HostSettings(
                                tls == null ? null : tls(tls),
                                auth == null ? null : auth(auth),
                                host.position(),
                                tls == null ? Map.of() : tlsPositions(tls)));
            }
            deprecated(
                    "cri-registry-configs",
                    table,
                    "hosts.toml has the TLS settings, and docker's config.json the credentials");
        }
        return configs;
    }

    /** The oldest form: credentials by URL or host. */
    private void addAuths(@Nullable TableReader table, Map<String, CriConfig.HostSettings> configs) {
        if (table != null) {
            for (TableReader auth : members(table)) {
                String host = auth.name().replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", "");
                CriConfig.HostSettings before = configs.get(host);
                configs.put(
                        host,
                        new CriConfig.HostSettings(
                                before == null ? null : before.tls(),
                                auth(auth),
                                auth.position(),
                                before == null ? Map.of() : before.positions()));
            }
            deprecated("cri-registry-auths", table, "docker's config.json has the credentials");
        }
    }

    private static CriAuth auth(TableReader table) {
        reportUnknown(table, AUTH);
        return new CriAuth(
                text(table, "username"),
                Secret.of(text(table, "password")),
                Secret.of(text(table, "auth")),
                Secret.of(text(table, "identitytoken")),
                "");
    }

    private static TlsSettings tls(TableReader table) {
        reportUnknown(table, TLS);
        String ca = text(table, "ca_file");
        String certificate = text(table, "cert_file");
        String key = text(table, "key_file");
        if (certificate.isEmpty() != key.isEmpty()) {
            String given = certificate.isEmpty() ? "key_file" : "cert_file";
            table.error("client-pair", given, "cert_file and key_file belong together", "give both");
        }
        Path caFile = ca.isEmpty() ? null : table.path("ca_file", Path.of(""), ca);
        Path certificateFile = certificate.isEmpty() ? null : table.path("cert_file", Path.of(""), certificate);
        Path keyFile = key.isEmpty() ? null : table.path("key_file", Path.of(""), key);
        return new TlsSettings(
                caFile == null ? List.of() : List.of(caFile),
                false,
                certificateFile == null || keyFile == null
                        ? List.of()
                        : List.of(new ClientKeyPair(certificateFile, keyFile)),
                table.has("insecure_skip_verify") ? table.flag("insecure_skip_verify") : null);
    }

    private static Map<String, SourcePosition> tlsPositions(TableReader table) {
        Map<String, SourcePosition> positions = new LinkedHashMap<>();
        Map<String, String> names =
                Map.of("ca_file", "ca", "cert_file", "client", "insecure_skip_verify", "skip_verify");
        for (String key : table.keys()) {
            String name = names.get(key);
            if (name != null) {
                positions.put(name, table.positionOf(key));
            }
        }
        return positions;
    }

    private static String text(TableReader table, String key) {
        String text = table.has(key) ? table.text(key, QUOTED) : null;
        return text == null ? "" : text;
    }

    private static List<Header> headers(@Nullable TableReader table) {
        List<Header> headers = new ArrayList<>();
        if (table != null) {
            for (String name : table.keys()) {
                List<String> values = table.texts(name, "write " + name + " = [\"value\"]");
                if (values == null) {
                    continue;
                }
                if (!Header.isName(name)) {
                    table.error(
                            "header-name", name, "\"" + name + "\" is not a header name", "use letters, digits and -");
                } else if (!values.stream().allMatch(Header::isValue)) {
                    table.error(
                            "header-value",
                            name,
                            "the value of header \"" + name + "\" has control characters",
                            "remove them");
                } else {
                    values.forEach(value -> headers.add(new Header(name, value)));
                }
            }
        }
        return headers;
    }

    private static int maxConcurrentDownloads(@Nullable TableReader plugin) {
        String key = "max_concurrent_downloads";
        if (plugin == null) {
            return CriConfig.DEFAULT_CONCURRENT_DOWNLOADS;
        }
        if (plugin.get(key) instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        plugin.wrongType(key, "a whole number that is not negative", "write " + key + " = 3");
        return CriConfig.DEFAULT_CONCURRENT_DOWNLOADS;
    }

    private static Duration progressTimeout(@Nullable TableReader plugin) {
        Duration timeout = plugin == null ? null : plugin.timeout("image_pull_progress_timeout");
        return timeout == null ? CriConfig.DEFAULT_PROGRESS_TIMEOUT : timeout;
    }

    private void deprecated(String code, TableReader table, String instead) {
        findings.info(
                code,
                table.position(),
                "\"" + table.name() + "\" is deprecated",
                "still reads it; a later version will not",
                instead);
    }
}
