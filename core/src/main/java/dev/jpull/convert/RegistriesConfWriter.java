// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import static dev.jpull.convert.TextWriter.quoted;

import dev.jpull.hosts.Capability;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** Writes a registries.conf of podman, version 2. */
final class RegistriesConfWriter implements TargetWriter {
    private static final String API = "/v2";

    private final Unsayable unsayable;
    private final TextWriter file = new TextWriter();

    RegistriesConfWriter(Unsayable unsayable) {
        this.unsayable = unsayable;
    }

    @Override
    public Map<String, WrittenText> write(List<Entry> entries) {
        // The other dialects take names without a registry for names of Docker Hub.
        file.line("unqualified-search-registries = [\"docker.io\"]");
        for (Entry entry : entries) {
            if (!entry.isForAll()) {
                if (!entry.saysNothing()) {
                    registry(entry);
                }
            } else if (entry.hosts().size() > 1 || !entry.endsWithRegistryItself()) {
                unsayable.report(
                        "all-registries",
                        entry.hosts().get(0).source(),
                        "a rule for all registries",
                        "write a rule for each registry that is used");
            }
        }
        return Map.of("", file.written());
    }

    private void registry(Entry entry) {
        file.line("").line("[[registry]]").line("prefix = " + quoted(entry.scope()));
        RegistryHost last = entry.last();
        file.line("location = " + quoted(entry.endsWithRegistryItself() ? entry.scope() : location(last)));
        insecure(last);
        reportSettings(last);
        for (RegistryHost host : entry.mirrors()) {
            file.line("[[registry.mirror]]").line("location = " + quoted(location(host)));
            insecure(host);
            reportSettings(host);
        }
    }

    /** The host, and the path behind {@code /v2}, which is the beginning of the names of its repositories. */
    private String location(RegistryHost host) {
        if (host.path().equals(API)) {
            return host.host();
        }
        if (!host.path().startsWith(API + "/") || host.path().endsWith("/")) {
            unsayable.setting(host, "override_path", "the path \"" + host.path() + "\"");
            return host.host();
        }
        return host.host() + host.path().substring(API.length());
    }

    private void insecure(RegistryHost host) {
        boolean plain = host.scheme().equals("http");
        if (plain || host.httpFallback() && host.tls().insecure()) {
            file.line("insecure = true");
        } else if (host.httpFallback()) {
            unsayable.setting(host, "", "plain HTTP with verification of certificates where the host has TLS");
        } else if (host.tls().insecure()) {
            unsayable.setting(host, "skip_verify", "TLS without verification, and never plain HTTP,");
        }
        if (plain) {
            unsayable
                    .findings()
                    .info(
                            "tls-first",
                            host.source(),
                            "podman tries " + host.host() + " by TLS without verification first, then by plain HTTP",
                            "uses plain HTTP at once",
                            "nothing is lost");
        }
    }

    private void reportSettings(RegistryHost host) {
        TlsSettings tls = host.tls();
        if (!tls.ca().isEmpty() || tls.caReplacesSystem()) {
            unsayable.setting(host, "ca", "certificate authorities (podman has them in certs.d directories)");
        }
        if (!tls.client().isEmpty()) {
            unsayable.setting(host, "client", "client certificates (podman has them in certs.d directories)");
        }
        if (!host.can(EnumSet.of(Capability.RESOLVE))) {
            unsayable.setting(host, "capabilities", "that tags are not asked");
        }
        if (!host.headers().isEmpty()) {
            unsayable.setting(host, "header", "a header");
        }
        if (!host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT)) {
            unsayable.setting(host, "dial_timeout", "the time for connecting");
        }
        unsayable.extensions(host);
        if (!host.extensions().renames().isEmpty()) {
            unsayable.setting(host, "rewrite", "other names of repositories");
        }
    }
}
