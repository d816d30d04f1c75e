// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import dev.jpull.address.NetworkZone;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.CriMirrors;
import dev.jpull.hosts.HostUrl;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.lint.Findings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is suspicious in the registry tables of a CRI configuration (docs/containerd.md section 9). */
final class CriConfigLint {
    private final CriConfig config;
    private final Findings findings;

    CriConfigLint(CriConfig config, Findings findings) {
        this.config = config;
        this.findings = findings;
    }

    void review() {
        for (Map.Entry<String, CriConfig.Mirror> mirror : config.mirrors().entrySet()) {
            reviewMirror(mirror.getKey(), mirror.getValue());
        }
        for (Map.Entry<String, CriConfig.HostSettings> host : config.configs().entrySet()) {
            reviewHostName(host.getKey(), host.getValue());
        }
        if (!config.usesMirrors() && config.configPathAt() != null) {
            for (Path root : config.configPath()) {
                if (!Files.isDirectory(root)) {
                    findings.warning(
                            "missing-root",
                            config.configPathAt(),
                            "there is no directory " + root + ", so that nothing in it configures a registry",
                            "asks the registries themselves",
                            "make it, or correct the path");
                }
            }
        }
    }

    private void reviewMirror(String namespace, CriConfig.Mirror mirror) {
        SourcePosition position = mirror.source();
        List<CriConfig.MirrorEndpoint> endpoints = mirror.endpoints();
        if (namespace.contains("/")) {
            neverMatches(position, namespace, "write the registry alone, without scheme and path");
        } else if (!namespace.equals(DockerHub.NAMESPACE) && DockerHub.isRegistry(namespace)) {
            neverMatches(position, namespace, "write \"docker.io\": its images are looked up under that name");
        }
        if (endpoints.isEmpty() && config.mirrors().containsKey("*")) {
            findings.warning(
                    "empty-mirror",
                    position,
                    "\"" + namespace + "\" has no endpoint, and still keeps the endpoints of \"*\" from being used",
                    "does the same",
                    "give it an endpoint, or remove it");
        }
        for (CriConfig.MirrorEndpoint endpoint : endpoints) {
            reviewEndpoint(endpoint);
        }
        if (!endpoints.isEmpty() && config.mirrors().size() == 1 && namespace.equals("*")) {
            findings.info(
                    "implied-upstream",
                    position,
                    "each registry itself is asked after these endpoints",
                    "does the same",
                    "to use mirrors alone, disable the upstream");
        }
    }

    private void reviewEndpoint(CriConfig.MirrorEndpoint endpoint) {
        try {
            RegistryHost host = CriMirrors.host(endpoint);
            if (!(host.path() + "/").contains("/v2/")) {
                findings.warning(
                        "no-v2-in-path",
                        endpoint.source(),
                        "nothing adds /v2 to the path of an endpoint: requests go to " + host.origin()
                                + host.path().replaceFirst("/$", "") + "/REPOSITORY/manifests/TAG",
                        "does the same",
                        "write /v2 into the URL where the registry has it");
            }
            if (host.scheme().equals("http") && !NetworkZone.isPrivate(host.host())) {
                findings.warning(
                        "plain-http",
                        endpoint.source(),
                        host.host() + " is asked without encryption, and is not on a private network as far as its name"
                                + " tells",
                        "does the same",
                        "write https://");
            }
        } catch (HostUrl.InvalidException e) {
            findings.error(e.code(), endpoint.source(), String.valueOf(e.getMessage()), "fails the pull", e.remedy());
        }
    }

    private void reviewHostName(String host, CriConfig.HostSettings settings) {
        SourcePosition position = settings.source();
        if (host.contains("/")) {
            neverMatches(position, host, "write the host alone, with its port, without scheme and path");
        } else if (!host.equals(DockerHub.API_HOST) && DockerHub.isRegistry(host)) {
            neverMatches(position, host, "write \"registry-1.docker.io\": that is the host that is asked");
        }
        if (settings.tls() != null && settings.tls().insecure() && !NetworkZone.isPrivate(host)) {
            findings.warning(
                    "skip-verify",
                    settings.positions().getOrDefault("skip_verify", position),
                    "the certificate of " + host
                            + " is not verified: an attacker on the network path can read credentials"
                            + " and change tags",
                    "ignores it since its version 2",
                    "name the CA of the host with ca_file instead");
        }
    }

    private void neverMatches(SourcePosition position, String name, String remedy) {
        findings.warning("never-matches", position, "\"" + name + "\" matches no host", Findings.IGNORED, remedy);
    }
}
