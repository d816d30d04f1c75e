// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Interprets the tables of the CRI plugin (spec section 9.2). Whatever is wrong with them is an error with its position. */
final class CriConfigReader {
    private static final List<Path> DEFAULT_CONFIG_PATH =
            List.of(Path.of("/etc/containerd/certs.d"), Path.of("/etc/docker/certs.d"));

    private final CriConfigFiles files;
    private final List<Finding> findings = new ArrayList<>();

    CriConfigReader(CriConfigFiles files) {
        this.files = files;
    }

    /** A value, and where it was written. */
    private record Setting(CriConfigFiles.Source source, List<String> path, Object value) {
        SourcePosition position() {
            return source.positionOf(path);
        }

        ConfigurationException wrong(String wanted) {
            return new ConfigurationException(position() + ": \"" + path.get(path.size() - 1) + "\" is not " + wanted);
        }

        String text() {
            if (value instanceof String text) {
                return text;
            }
            throw wrong("a string");
        }

        TomlTable table() {
            if (value instanceof TomlTable table) {
                return table;
            }
            throw wrong("a table");
        }

        boolean flag() {
            if (value instanceof Boolean flag) {
                return flag;
            }
            throw wrong("true or false");
        }

        List<String> texts() {
            if (value instanceof TomlArray array
                    && IntStream.range(0, array.size()).allMatch(i -> array.get(i) instanceof String)) {
                return IntStream.range(0, array.size())
                        .mapToObj(i -> String.valueOf(array.get(i)))
                        .toList();
            }
            throw wrong("an array of strings");
        }

        List<Setting> members() {
            return table().keySet().stream()
                    .map(this::member)
                    .flatMap(Stream::ofNullable)
                    .toList();
        }

        @Nullable
        Setting member(String key) {
            Object member = table().get(List.of(key));
            return member == null
                    ? null
                    : new Setting(
                            source, Stream.concat(path.stream(), Stream.of(key)).toList(), member);
        }

        String memberText(String key) {
            Setting member = member(key);
            return member == null ? "" : member.text();
        }

        String name() {
            return path.get(path.size() - 1);
        }
    }

    CriConfig read() {
        Setting registry = setting("registry");
        Map<String, List<CriConfig.MirrorEndpoint>> mirrors = mirrors(member(registry, "mirrors"));
        Map<String, CriConfig.HostSettings> configs = configs(member(registry, "configs"));
        addAuths(member(registry, "auths"), configs);
        Setting configPath = member(registry, "config_path");
        String roots = configPath == null ? "" : configPath.text();
        if (configPath != null && !roots.isEmpty() && !mirrors.isEmpty()) {
            throw new ConfigurationException(configPath.position()
                    + ": \"config_path\" and \"mirrors\" exclude each other, and containerd does not start with both:"
                    + " move the mirrors to hosts.toml files below the config_path");
        }
        return new CriConfig(
                roots.isEmpty() ? DEFAULT_CONFIG_PATH : roots(roots),
                mirrors,
                configs,
                headers(member(registry, "headers")),
                maxConcurrentDownloads(setting("max_concurrent_downloads")),
                progressTimeout(setting("image_pull_progress_timeout")),
                findings);
    }

    /** A setting of the plugin, by whichever of its names it has; an older name wins, as containerd migrates it. */
    private @Nullable Setting setting(String key) {
        Setting found = null;
        for (CriConfigFiles.Plugin plugin : files.plugins()) {
            Setting setting = new Setting(plugin.source(), plugin.path(), plugin.table()).member(key);
            found = setting == null ? found : setting;
        }
        return found;
    }

    private static @Nullable Setting member(@Nullable Setting table, String key) {
        return table == null ? null : table.member(key);
    }

    private static List<Path> roots(String list) {
        return Stream.of(list.split(File.pathSeparator))
                .filter(root -> !root.isEmpty())
                .map(Path::of)
                .toList();
    }

    private Map<String, List<CriConfig.MirrorEndpoint>> mirrors(@Nullable Setting table) {
        Map<String, List<CriConfig.MirrorEndpoint>> mirrors = new LinkedHashMap<>();
        if (table != null) {
            for (Setting mirror : table.members()) {
                Setting endpoint = mirror.member("endpoint");
                List<String> urls = endpoint == null ? List.of() : endpoint.texts();
                SourcePosition position = endpoint == null ? mirror.position() : endpoint.position();
                mirrors.put(
                        mirror.name(),
                        urls.stream()
                                .map(url -> new CriConfig.MirrorEndpoint(url, position))
                                .toList());
            }
            deprecated("cri-registry-mirrors", table, "hosts.toml files below config_path say the same");
        }
        return mirrors;
    }

    private Map<String, CriConfig.HostSettings> configs(@Nullable Setting table) {
        Map<String, CriConfig.HostSettings> configs = new LinkedHashMap<>();
        if (table != null) {
            for (Setting host : table.members()) {
                Setting auth = host.member("auth");
                Setting tls = host.member("tls");
                if (tls != null) {
                    findings.add(Finding.warning(
                            "cri-registry-tls",
                            tls.position(),
                            "TLS settings of \"" + host.name() + "\": containerd 2 ignores them here, jpull obeys them",
                            "write ca, client and skip_verify into a hosts.toml"));
                }
                configs.put(
                        host.name(),
                        new CriConfig.HostSettings(tls == null ? null : tls(tls), auth == null ? null : auth(auth)));
            }
            deprecated(
                    "cri-registry-configs",
                    table,
                    "hosts.toml has the TLS settings, and docker's config.json the credentials");
        }
        return configs;
    }

    /** The oldest form: credentials by URL or host. */
    private void addAuths(@Nullable Setting table, Map<String, CriConfig.HostSettings> configs) {
        if (table != null) {
            for (Setting auth : table.members()) {
                String host = auth.name().replaceFirst("^[a-z]+://", "").replaceFirst("/.*$", "");
                CriConfig.HostSettings before = configs.get(host);
                configs.put(host, new CriConfig.HostSettings(before == null ? null : before.tls(), auth(auth)));
            }
            deprecated("cri-registry-auths", table, "docker's config.json has the credentials");
        }
    }

    private static CriConfig.CriAuth auth(Setting table) {
        return new CriConfig.CriAuth(
                table.memberText("username"),
                table.memberText("password"),
                table.memberText("auth"),
                table.memberText("identitytoken"));
    }

    private TlsSettings tls(Setting table) {
        Setting skipVerify = table.member("insecure_skip_verify");
        String ca = table.memberText("ca_file");
        String certificate = table.memberText("cert_file");
        String key = table.memberText("key_file");
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new ConfigurationException(table.position() + ": cert_file and key_file belong together: give both");
        }
        return new TlsSettings(
                ca.isEmpty() ? List.of() : List.of(Path.of(ca)),
                false,
                certificate.isEmpty() ? List.of() : List.of(new ClientKeyPair(Path.of(certificate), Path.of(key))),
                skipVerify == null ? null : skipVerify.flag());
    }

    private static List<Header> headers(@Nullable Setting table) {
        List<Header> headers = new ArrayList<>();
        if (table != null) {
            for (Setting header : table.members()) {
                header.texts().forEach(value -> headers.add(new Header(header.name(), value)));
            }
        }
        return headers;
    }

    private static int maxConcurrentDownloads(@Nullable Setting setting) {
        if (setting == null) {
            return CriConfig.DEFAULT_CONCURRENT_DOWNLOADS;
        }
        if (setting.value() instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw setting.wrong("a whole number");
    }

    private static Duration progressTimeout(@Nullable Setting setting) {
        if (setting == null || setting.text().isEmpty()) {
            return CriConfig.DEFAULT_PROGRESS_TIMEOUT;
        }
        return GoDuration.parse(setting.text()).orElseThrow(() -> setting.wrong("a duration such as 5m0s"));
    }

    private void deprecated(String code, Setting table, String instead) {
        findings.add(new Finding(
                Finding.Severity.INFO,
                code,
                table.position(),
                "\"" + table.name() + "\" is deprecated, and will be removed from containerd",
                instead));
    }
}
