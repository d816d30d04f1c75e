// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import dev.jpull.address.NetworkZone;
import dev.jpull.address.PublicRegistries;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.HostEntry;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.lint.Findings;
import dev.jpull.registry.EndpointOrder;
import dev.jpull.toml.TomlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is suspicious in a hosts.toml: what containerd drops of it, and what is probably a mistake
 * (docs/containerd.md section 14). For files without errors.
 */
final class HostsTomlLint {
    private static final Set<String> RESERVED_HEADERS =
            Set.of("host", "range", "content-length", "accept-encoding", "transfer-encoding", "connection");

    private final TomlFile file;
    private final List<HostEntry> mirrors;
    private final HostEntry server;
    private final String namespace;
    private final Findings findings;

    /**
     * A review.
     *
     * @param entries what the file says
     * @param namespace the registry that it is for; {@code _default} for all others
     */
    HostsTomlLint(TomlFile file, List<HostEntry> entries, String namespace, Findings findings) {
        this.file = file;
        this.mirrors = entries.subList(0, entries.size() - 1);
        this.server = entries.get(entries.size() - 1);
        this.namespace = namespace;
        this.findings = findings;
    }

    void review() {
        new HostTablesLint(file, findings).review();
        reviewDuplicates();
        mirrors.forEach(this::reviewHost);
        if (!server.host().isEmpty()) {
            reviewHost(server);
        }
        reviewServer();
        new OwnRegistryLint(namespace, findings).review(mirrors, server);
        reviewCapabilities();
    }

    private void reviewDuplicates() {
        List<String> seen = new ArrayList<>();
        for (HostEntry mirror : mirrors) {
            String url = url(mirror);
            if (seen.contains(url)) {
                findings.warning(
                        "duplicate-host",
                        mirror.provenance().host(),
                        url + " is listed twice",
                        "asks it twice",
                        "remove one of them");
            }
            seen.add(url);
        }
        if (seen.contains(url(server))) {
            findings.info(
                    "server-is-a-host",
                    server.provenance().host(),
                    "the server is one of the hosts as well",
                    "asks it twice",
                    "remove the [host.\"…\"], or remove \"server\" if it is the registry itself");
        }
    }

    private void reviewHost(HostEntry entry) {
        SourcePosition position = entry.provenance().host();
        String example = url(entry) + "/REPOSITORY/manifests/TAG";
        if (!entry.overridePath() && entry.path().matches(".*/v2/.+/v2")) {
            findings.warning(
                    "v2-in-path",
                    position,
                    "/v2 is added to a path that has one: requests go to " + example,
                    "does the same, and mostly gets an HTML page or 404",
                    "write override_path = true");
        }
        if (entry.overridePath() && !(entry.path() + "/").contains("/v2/")) {
            findings.warning(
                    "no-v2-in-path",
                    position,
                    "nothing adds /v2 to the path: requests go to " + example,
                    "does the same",
                    "write /v2 into the URL, or remove override_path");
        }
        reviewSecurity(entry);
        reviewHeaders(entry);
    }

    private void reviewSecurity(HostEntry entry) {
        boolean skip = Boolean.TRUE.equals(entry.tls().skipVerify());
        SourcePosition position = entry.provenance().host();
        if (skip && !NetworkZone.isPrivate(entry.host())) {
            findings.warning(
                    "skip-verify",
                    entry.provenance().settings().getOrDefault("skip_verify", position),
                    "the certificate of " + entry.host()
                            + " is not verified: an attacker on the network path can read credentials and change tags",
                    "does the same",
                    "name the CA of the host with ca instead");
        }
        if (entry.scheme().equals("http") && !NetworkZone.isPrivate(entry.host())) {
            findings.warning(
                    "plain-http",
                    position,
                    entry.host()
                            + " is asked without encryption, and is not on a private network as far as its name tells",
                    "does the same",
                    "write https://");
        }
        if (entry.scheme().equals("http")
                && entry.tlsConfigured()
                && !entry.host().endsWith(":80")) {
            findings.info(
                    "http-with-tls",
                    position,
                    entry.host() + " is tried with TLS first, because it has TLS settings, and then without",
                    "does the same",
                    "write https://, or remove ca, client and skip_verify");
        }
    }

    private void reviewHeaders(HostEntry entry) {
        for (Header header : entry.headers()) {
            if (RESERVED_HEADERS.contains(header.name().toLowerCase(Locale.ROOT))) {
                findings.warning(
                        "reserved-header",
                        entry.provenance()
                                .settings()
                                .getOrDefault("header", entry.provenance().host()),
                        "the header \"" + header.name() + "\" belongs to the transfer itself",
                        "sends it, and may fail because of it",
                        "remove it");
            }
        }
    }

    private void reviewServer() {
        boolean all = namespace.equals(HostsDirectory.DEFAULT);
        SourcePosition position = server.provenance().host();
        if (server.host().isEmpty()) {
            if (file.contains(List.of("server"))) {
                findings.warning(
                        "empty-server",
                        position,
                        "an empty \"server\" does not disable the registry itself",
                        "asks the registry after the hosts above",
                        "name the last mirror as server, or disable the upstream");
            } else if (!mirrors.isEmpty()) {
                findings.info(
                        "implied-upstream",
                        mirrors.get(mirrors.size() - 1).provenance().host(),
                        "the registry itself is asked after this host, because there is no \"server\"",
                        "does the same",
                        "to use mirrors alone, name the last of them as server, or disable the upstream");
            }
        } else if (all) {
            String message =
                    "every registry without a directory of its own is asked at " + server.host() + ", and never itself";
            String remedy = "move it to the directory of its registry, if it is meant for one; without \"server\" each"
                    + " registry is asked after the hosts above";
            if (PublicRegistries.contains(server.host())) {
                findings.warning("default-server", position, message, "does the same", remedy);
            } else {
                findings.info("default-server", position, message, "does the same", remedy);
            }
        } else if (PublicRegistries.contains(server.host()) && !DockerHub.sameRegistry(server.host(), namespace)) {
            findings.warning(
                    "other-registry",
                    position,
                    "the images of " + namespace + " are asked for at " + server.host() + ", which is another registry",
                    "does the same",
                    "write server = \"https://" + namespace + "\", unless this is meant");
        }
    }

    private void reviewCapabilities() {
        for (HostEntry mirror : mirrors) {
            if (!mirror.capabilities().contains(Capability.PULL)) {
                findings.info(
                        "never-asked",
                        mirror.provenance()
                                .settings()
                                .getOrDefault(
                                        "capabilities", mirror.provenance().host()),
                        "a host without the capability pull is never asked by a pull",
                        "asks it for content nevertheless",
                        "add \"pull\", or remove the host");
            }
        }
        boolean resolvable = mirrors.stream().anyMatch(mirror -> EndpointOrder.TAGS.admits(mirror.capabilities()));
        if (!resolvable && !EndpointOrder.TAGS.admits(server.capabilities())) {
            findings.warning(
                    "no-resolver",
                    server.provenance()
                            .settings()
                            .getOrDefault("capabilities", server.provenance().host()),
                    "no host may resolve a tag, so that only digests can be pulled",
                    "fails every pull by tag",
                    "add \"resolve\" to a host that is trusted");
        }
    }

    private static String url(HostEntry entry) {
        return entry.scheme() + "://" + entry.host() + entry.path();
    }
}
