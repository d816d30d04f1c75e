// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import static dev.jpull.convert.TextWriter.quoted;

import dev.jpull.compare.RuleKind;
import dev.jpull.compare.SampleReferences;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.hosts.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes a hosts.toml for each registry. */
final class HostsDirectoryWriter implements TargetWriter {
    private final Unsayable unsayable;
    private final boolean ofK3s;

    /**
     * A writer.
     *
     * @param ofK3s whether the files are for the containerd of k3s and RKE2, the only one that reads {@code rewrite}
     */
    HostsDirectoryWriter(Unsayable unsayable, boolean ofK3s) {
        this.unsayable = unsayable;
        this.ofK3s = ofK3s;
    }

    @Override
    public Map<String, WrittenText> write(List<Entry> entries) {
        Map<String, WrittenText> files = new LinkedHashMap<>();
        boolean all = entries.stream().anyMatch(Entry::isForAll);
        for (Entry entry : entries) {
            if (entry.saysNothing() && !all) {
                continue;
            }
            String name = entry.isForAll()
                    ? HostsDirectory.DEFAULT
                    : HostsDirectory.candidateNames(entry.scope(), false).get(0);
            files.put(name + "/" + HostsDirectory.FILE, file(entry));
        }
        return files;
    }

    private WrittenText file(Entry entry) {
        TextWriter file = new TextWriter();
        RegistryHost server = entry.last();
        if (!server.host().equals(SampleReferences.ANY_REGISTRY)) {
            file.line("server = " + quoted(address(server)));
        }
        fields(file, server);
        tables(file, server, "");
        for (RegistryHost host : entry.mirrors()) {
            String key = "host." + quoted(address(host));
            if (!file.isEmpty()) {
                file.line("");
            }
            file.line("[" + key + "]");
            boolean resolves = host.can(EnumSet.of(Capability.RESOLVE));
            file.line("capabilities = " + (resolves ? "[\"pull\", \"resolve\"]" : "[\"pull\"]"));
            fields(file, host);
            tables(file, host, key + ".");
        }
        if (entry.mirrors().isEmpty()) {
            if (!file.isEmpty()) {
                file.line("");
            }
            file.line("[host]"); // containerd 1.6 and 1.7 drop a file without this table
        }
        return file.written();
    }

    private static String address(RegistryHost host) {
        String path = host.path().equals("/v2") ? "" : host.path();
        return (host.httpFallback() ? "http" : host.scheme()) + "://" + host.host() + path;
    }

    private void fields(TextWriter file, RegistryHost host) {
        if (!host.path().endsWith("/v2")) {
            file.line("override_path = true");
        }
        TlsSettings tls = host.tls();
        if (tls.caReplacesSystem()) {
            unsayable.setting(host, "ca", "trust in the named authorities alone");
        }
        if (!tls.ca().isEmpty()) {
            file.line("ca = " + quoted(absolute(tls.ca())));
        }
        if (!tls.client().isEmpty()) {
            file.line("client = "
                    + tls.client().stream()
                            .map(pair -> quoted(absolute(List.of(pair.certificate(), pair.key()))))
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        if (tls.skipVerify() != null) {
            file.line("skip_verify = " + tls.skipVerify());
        }
        if (!host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT)) {
            file.line("dial_timeout = " + quoted(host.dialTimeout().toMillis() + "ms"));
        }
    }

    static List<String> absolute(List<Path> files) {
        return files.stream()
                .map(path -> path.toAbsolutePath().normalize().toString())
                .toList();
    }

    private void tables(TextWriter file, RegistryHost host, String prefix) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (Header header : host.headers()) {
            headers.computeIfAbsent(header.name(), unseen -> new ArrayList<>())
                    .add(header.value().reveal());
        }
        if (!headers.isEmpty()) {
            file.line("[" + prefix + "header]");
            headers.forEach((name, values) -> file.secretLine(quoted(name) + " = ", quoted(values), "[\"***\"]"));
        }
        reportRewrites(host);
        rules(file, "[" + prefix + "rewrite]", host, true);
        HostExtensions extensions = host.extensions();
        ProxyAddress proxy = extensions.proxy();
        if (proxy != null && !proxy.username().isEmpty()) {
            unsayable.setting(host, "jpull.proxy", "the user of the proxy");
        }
        List<String> own = new ArrayList<>();
        if (proxy != null) {
            own.add("proxy = " + quoted(proxy.toString()));
        }
        timeout("response_timeout", extensions.responseTimeout(), own);
        timeout("stall_timeout", extensions.stallTimeout(), own);
        if (!own.isEmpty()) {
            file.line("[" + prefix + "jpull]");
            own.forEach(file::line);
        }
        rules(file, "[" + prefix + "jpull.rewrite]", host, false);
    }

    private void reportRewrites(RegistryHost host) {
        host.extensions().renames().stream()
                .filter(rule -> !ofK3s && RuleKind.isOfGo(rule))
                .forEach(rule -> unsayable.nearest(
                        "k3s-rewrite",
                        Unsayable.position(host, "rewrite." + rule.pattern()),
                        "the rewrite of \"" + rule.pattern() + "\" at " + host.origin(),
                        "it is written as a table \"rewrite\", which jpull and the containerd of k3s and RKE2 read, and no other",
                        "write a hosts directory for k3s, or give the repositories the same names at the mirror"));
    }

    private static void timeout(String name, @Nullable Duration timeout, List<String> lines) {
        if (timeout != null) {
            lines.add(name + " = " + quoted(timeout.toMillis() + "ms"));
        }
    }

    private static void rules(TextWriter file, String table, RegistryHost host, boolean ofGo) {
        List<RenamingRule> rules = host.extensions().renames().stream()
                .filter(rule -> RuleKind.isOfGo(rule) == ofGo)
                .toList();
        if (!rules.isEmpty()) {
            file.line(table);
            rules.forEach(rule -> file.line(quoted(rule.pattern()) + " = " + quoted(rule.replacement())));
        }
    }
}
