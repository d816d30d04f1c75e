// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import dev.jpull.address.NetworkZone;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.CriMirrors;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostUrl;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.lint.Findings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is suspicious in the registry tables of a CRI configuration (docs/containerd.md section 9). */
final class CriConfigLint {
    private final CriConfig config;
    private final FoundConfiguration found;
    private final Findings findings;

    CriConfigLint(CriConfig config, FoundConfiguration found, Findings findings) {
        this.config = config;
        this.found = found;
        this.findings = findings;
    }

    void review() {
        for (Map.Entry<String, CriConfig.Mirror> mirror : config.mirrors().entrySet()) {
            reviewMirror(mirror.getKey(), mirror.getValue());
        }
        for (Map.Entry<String, CriConfig.HostSettings> host : config.configs().entrySet()) {
            reviewHostName(host.getKey(), host.getValue());
        }
        LetterCase.twins(config.mirrors().keySet()).forEach(this::reportTwins);
        SourcePosition position = config.configPathAt();
        if (!config.usesMirrors() && position != null) {
            config.configPath().forEach(root -> reviewRoot(root, position));
            reviewHiddenNamespaces();
        }
    }

    private void reportTwins(String name, String other) {
        CriConfig.Mirror mirror = config.mirrors().get(name);
        if (mirror != null) {
            LetterCase.report(name, other, mirror.source(), findings);
        }
    }

    private void reviewRoot(Path root, SourcePosition position) {
        if (!found.isElsewhere(root) && !Files.isDirectory(root)) {
            findings.warning(
                    "missing-root",
                    position,
                    "there is no directory " + root + ", so that nothing in it configures a registry",
                    "asks the registries themselves",
                    "make it, or correct the path");
        }
    }

    /** Each root is searched completely, its _default included, before the next one (Q-DIR-5). */
    private void reviewHiddenNamespaces() {
        Path hiding = null;
        for (Path root : config.configPath()) {
            if (found.isElsewhere(root) || !Files.isDirectory(root)) {
                continue;
            }
            if (hiding != null) {
                for (String namespace : new HostsDirectory(root).namespaces()) {
                    reportHidden(root, namespace, hiding);
                }
            }
            Path all = root.resolve(HostsDirectory.DEFAULT);
            hiding = hiding == null && Files.isDirectory(all) ? all : hiding;
        }
    }

    private void reportHidden(Path root, String namespace, Path hiding) {
        Optional<Path> hidden = new HostsDirectory(root).find(namespace);
        boolean known = hiding.getParent() != null
                && new HostsDirectory(hiding.getParent())
                        .find(namespace)
                        .filter(directory -> !directory.equals(hiding))
                        .isPresent();
        if (!known && hidden.isPresent() && !namespace.equals(HostConfiguration.ALL)) {
            findings.warning(
                    "hidden-by-default",
                    SourcePosition.of(hidden.get()),
                    "it is never used, because " + hiding + " is found first",
                    "searches each directory of config_path completely before the next one",
                    "move it beside " + hiding + ", or name the directories in the other order");
        }
    }

    private void reviewMirror(String namespace, CriConfig.Mirror mirror) {
        SourcePosition position = mirror.source();
        List<CriConfig.MirrorEndpoint> endpoints = mirror.endpoints();
        PortLint.review(namespace, position, findings);
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
            OwnRegistryLint.reviewDockerHub(host.host(), endpoint.source(), "the endpoint", findings);
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
