// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import static dev.jpull.convert.TextWriter.quoted;

import dev.jpull.compare.RuleKind;
import dev.jpull.compare.SampleReferences;
import dev.jpull.credentials.Credential;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.hosts.TlsSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a registries.yaml of k3s. */
final class RegistriesYamlWriter implements TargetWriter {
    private final Unsayable unsayable;
    private final Map<String, RegistryHost> settings = new LinkedHashMap<>();

    RegistriesYamlWriter(Unsayable unsayable) {
        this.unsayable = unsayable;
    }

    @Override
    public Map<String, WrittenText> write(List<Entry> entries) {
        boolean all = entries.stream().anyMatch(Entry::isForAll);
        Map<String, Credential> credentials = new LinkedHashMap<>();
        TextWriter mirrors = new TextWriter();
        for (Entry entry : entries) {
            mirror(mirrors, entry, all);
            for (RegistryHost host : entry.hosts()) {
                common(host);
                note(host);
                entry.credential(host).ifPresent(known -> credentials.put(key(host), known));
            }
        }
        TextWriter configs = new TextWriter();
        settings.forEach(
                (host, written) -> config(configs, host, written, Optional.ofNullable(credentials.remove(host))));
        TextWriter file = new TextWriter();
        table(file, "mirrors:", mirrors);
        table(file, "configs:", configs);
        return Map.of("", (file.isEmpty() ? file.line("# no registry has settings of its own") : file).written());
    }

    private static void table(TextWriter file, String heading, TextWriter members) {
        if (!members.isEmpty()) {
            file.line(heading).add(members);
        }
    }

    private void mirror(TextWriter file, Entry entry, boolean all) {
        List<RegistryHost> endpoints = entry.endsWithRegistryItself() ? entry.mirrors() : entry.hosts();
        if (!entry.endsWithRegistryItself()) {
            unsayable.report(
                    "no-upstream",
                    entry.last().source(),
                    "that the registry " + entry.scope() + " itself is never asked",
                    "start k3s with --disable-default-registry-endpoint");
        }
        if (endpoints.isEmpty()) {
            // Settings of the registry itself give it an entry of its own.
            if (all
                    && !entry.isForAll()
                    && !hasTls(entry.last())
                    && entry.credential(entry.last()).isEmpty()) {
                unsayable.report(
                        "no-mirrors",
                        entry.last().source(),
                        "that " + entry.scope() + " has no mirrors, and not those of all registries either",
                        "name the mirrors of each registry");
            }
            return;
        }
        file.line("  " + quoted(entry.scope()) + ":").line("    endpoint:");
        for (RegistryHost host : endpoints) {
            // Every other path is taken as it is written.
            String path = host.path().equals("/v2") ? "" : host.path();
            file.line("      - " + quoted((host.httpFallback() ? "http" : host.scheme()) + "://" + host.host() + path));
            if (host.path().isEmpty() || host.path().equals("/")) {
                unsayable.setting(host, "override_path", "the path \"" + host.path() + "\"");
            }
            if (!host.can(EnumSet.of(Capability.RESOLVE))) {
                unsayable.setting(host, "capabilities", "that tags are not asked");
            }
        }
        rewrites(file, entry, endpoints);
    }

    private void rewrites(TextWriter file, Entry entry, List<RegistryHost> endpoints) {
        List<RenamingRule> rules = endpoints.get(0).extensions().renames();
        for (RegistryHost host : entry.hosts()) {
            List<RenamingRule> own = host.extensions().renames();
            boolean expected = endpoints.contains(host) ? own.equals(rules) : own.isEmpty();
            if (!expected || own.stream().anyMatch(rule -> !RuleKind.isOfGo(rule))) {
                unsayable.setting(
                        host,
                        "rewrite",
                        "other names of repositories than at the other endpoints, or below \"jpull\",");
                return;
            }
        }
        if (!rules.isEmpty()) {
            file.line("    rewrite:");
            rules.forEach(rule -> file.line("      " + quoted(rule.pattern()) + ": " + quoted(rule.replacement())));
        }
    }

    /** Settings that the file has for no host. */
    private void common(RegistryHost host) {
        if (!host.headers().isEmpty()) {
            unsayable.setting(host, "header", "a header");
        }
        if (!host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT)) {
            unsayable.setting(host, "dial_timeout", "the time for connecting");
        }
        unsayable.extensions(host);
        TlsSettings tls = host.tls();
        if (tls.ca().size() > 1 || tls.caReplacesSystem()) {
            unsayable.setting(host, "ca", "more than one file with certificate authorities");
        }
        if (tls.client().size() > 1) {
            unsayable.setting(host, "client", "more than one client certificate");
        }
    }

    /** Settings are written once for each host, whatever the registry. */
    private void note(RegistryHost host) {
        RegistryHost earlier = settings.putIfAbsent(key(host), host);
        if (earlier != null && !earlier.tls().equals(host.tls())) {
            unsayable.report(
                    "settings-by-host",
                    host.source(),
                    "that " + host.host() + " has other TLS settings here than at " + earlier.source(),
                    "give it the same settings everywhere");
        }
    }

    /** The settings for all registries are those of the registry that stands for all. */
    private static String key(RegistryHost host) {
        return host.host().equals(SampleReferences.ANY_REGISTRY) ? HostConfiguration.ALL : host.host();
    }

    private static boolean hasTls(RegistryHost host) {
        TlsSettings tls = host.tls();
        return !tls.ca().isEmpty() || !tls.client().isEmpty() || tls.insecure();
    }

    private void config(TextWriter file, String host, RegistryHost written, Optional<Credential> credential) {
        TlsSettings tls = written.tls();
        boolean secure = hasTls(written);
        if (!secure && credential.isEmpty()) {
            return;
        }
        file.line("  " + quoted(host) + ":");
        credential.ifPresent(known -> auth(file, known, written));
        if (secure) {
            file.line("    tls:");
            tls.ca().stream().limit(1).forEach(ca -> file.line("      ca_file: " + path(ca)));
            tls.client().stream().limit(1).forEach(pair -> client(file, pair));
            if (tls.insecure()) {
                file.line("      insecure_skip_verify: true");
            }
        }
    }

    private static void client(TextWriter file, ClientKeyPair pair) {
        file.line("      cert_file: " + path(pair.certificate())).line("      key_file: " + path(pair.key()));
    }

    private static String path(Path file) {
        return quoted(file.toAbsolutePath().normalize().toString());
    }

    private void auth(TextWriter file, Credential credential, RegistryHost host) {
        switch (credential.kind()) {
            case PASSWORD -> {
                file.line("    auth:").line("      username: " + quoted(credential.username()));
                file.secretLine("      password: ", quoted(credential.secret().reveal()), "\"***\"");
            }
            case IDENTITY_TOKEN -> {
                file.line("    auth:");
                file.secretLine(
                        "      identity_token: ", quoted(credential.secret().reveal()), "\"***\"");
            }
            case REGISTRY_TOKEN -> unsayable.setting(host, "auth", "a registry token");
        }
    }
}
