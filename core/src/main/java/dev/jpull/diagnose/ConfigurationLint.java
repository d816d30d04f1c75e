// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.dialect.DialectDetection;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.Finding;
import dev.jpull.finding.NodeRelease;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.hosts.HostsFile;
import dev.jpull.hosts.HostsToml;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reviews configurations, whether or not they can be used. For use by one thread. */
public final class ConfigurationLint {
    private static final String ANY_NAMESPACE = "registry.invalid";

    private final Set<NodeRelease> nodes;
    private final Findings findings = new Findings();
    private final List<ReviewedHost> hosts = new ArrayList<>();

    /**
     * Nothing reviewed yet.
     *
     * @param nodes the releases for which the configurations are judged; none for the rules of all
     */
    public ConfigurationLint(Set<NodeRelease> nodes) {
        this.nodes = Set.copyOf(nodes);
    }

    /**
     * A host that a configuration describes.
     *
     * @param host the host
     * @param configuration where it was found
     */
    public record ReviewedHost(RegistryHost host, FoundConfiguration configuration) {}

    /** The findings so far, in no particular order. */
    public List<Finding> findings() {
        return findings.all().stream()
                // For named releases HostsReleaseLint says it, or it is right.
                .filter(finding -> nodes.isEmpty() || !finding.code().equals("k3s-rewrite"))
                .toList();
    }

    /** The hosts that the configurations describe, as far as they can be used. */
    public List<ReviewedHost> hosts() {
        return List.copyOf(hosts);
    }

    /**
     * Reviews what a path has: a file, a hosts directory, the directory of one registry, or the configurations below a
     * directory that is none of these.
     *
     * @return the configurations that were reviewed
     * @throws ConfigurationException if there is nothing there
     */
    public List<FoundConfiguration> review(Path path) {
        if (!Files.exists(path)) {
            throw new ConfigurationException(path
                    + " does not exist: name a hosts directory, a hosts.toml or another configuration of registries");
        }
        try {
            List<FoundConfiguration> found = Files.isDirectory(path)
                    ? new ConfigurationSearch(path, findings).run()
                    : List.of(new FoundConfiguration(path, ConfigurationKinds.of(path), null));
            for (FoundConfiguration configuration : found) {
                review(configuration);
            }
            return found;
        } catch (IOException e) {
            unreadable(path, e);
            return List.of();
        }
    }

    private void review(FoundConfiguration found) {
        try {
            switch (found.kind()) {
                case HOSTS_DIRECTORY -> reviewRoot(found, found.path());
                case HOST_DIRECTORY -> {
                    new HostsRootLint(found.path(), findings).reviewFiles(found.path());
                    reviewHostDirectory(found, found.path());
                }
                case HOSTS_TOML -> reviewHostsToml(found);
                case CONFIG_TOML -> reviewCriConfig(found);
                case REGISTRIES_YAML, REGISTRIES_CONF, DAEMON_JSON -> reviewDialect(found);
            }
        } catch (IOException e) {
            unreadable(found.path(), e);
        }
    }

    private void unreadable(Path path, IOException e) {
        findings.error(
                "unreadable",
                SourcePosition.of(path),
                "cannot be read: " + Reason.of(e),
                "fails the pull",
                "make it readable");
    }

    private void reviewRoot(FoundConfiguration found, Path root) throws IOException {
        new HostsRootLint(root, findings).review();
        for (Path entry : HostsRootLint.entries(root)) {
            if (Files.isDirectory(entry)) {
                reviewHostDirectory(found, entry);
            }
        }
    }

    private void reviewHostDirectory(FoundConfiguration found, Path directory) throws IOException {
        HostsFile read = HostsDirectory.load(directory);
        reviewHosts(found, directory.resolve(HostsDirectory.FILE), directory, read);
    }

    private void reviewHostsToml(FoundConfiguration found) throws IOException {
        Path file = found.path();
        Path directory = file.toAbsolutePath().normalize().getParent();
        Path base = directory == null ? Path.of("") : directory;
        String text = TomlFile.readText(file, ConfigurationKinds.MAX_SIZE);
        reviewHosts(found, file, base, HostsToml.parse(file, base, text));
    }

    private void reviewHosts(FoundConfiguration found, Path file, Path directory, HostsFile read) throws IOException {
        findings.addAll(read.findings());
        if (read.findings().stream().anyMatch(Finding::isError)) {
            return;
        }
        String namespace = HostsRootLint.namespaceOf(directory);
        boolean all = namespace.equals(HostsDirectory.DEFAULT);
        for (RegistryHost host : HostDefaults.NONE.complete(all ? ANY_NAMESPACE : namespace, read.entries())) {
            // A name that no reference can have is never contacted.
            if (all || !host.implied() || HostsRootLint.isDomain(namespace)) {
                hosts.add(new ReviewedHost(host, found));
            }
        }
        String text = Files.exists(file) ? TomlFile.readText(file, ConfigurationKinds.MAX_SIZE) : "";
        if (!text.isEmpty()) {
            TomlFile toml = TomlFile.parse(file, text, "", new Findings());
            new HostsTomlLint(toml, read.entries(), namespace, findings).review();
            new HostsReleaseLint(toml, nodes, findings).review();
        }
    }

    private void reviewCriConfig(FoundConfiguration found) throws IOException {
        CriConfig config = CriConfig.readWithErrors(found.path());
        findings.addAll(config.findings());
        if (config.findings().stream().anyMatch(Finding::isError)) {
            return;
        }
        Findings own = new Findings();
        new CriConfigLint(config, found, own).review();
        findings.addAll(own.all());
        String text = TomlFile.readText(found.path(), ConfigurationKinds.MAX_SIZE);
        TomlFile toml = TomlFile.parse(found.path(), text, "", new Findings());
        new CriReleaseLint(toml, config, nodes, findings).review();
        if (config.usesMirrors() && own.all().stream().noneMatch(Finding::isError)) {
            addHostsOfMirrors(found, config);
        }
        if (config.usesMirrors()) {
            return;
        }
        for (Path root : config.configPath()) {
            if (Files.isDirectory(root) && !found.isElsewhere(root)) {
                reviewRoot(found, root);
            }
        }
    }

    private void reviewDialect(FoundConfiguration found) {
        DialectDetection told = DialectDetection.of(found.path());
        Findings own = new Findings(told.dialect().runtime());
        List<RegistryHost> named =
                new DialectLint(new ConfigurationReader(HostDefaults.NONE).readWithErrors(told), own).review();
        findings.addAll(own.all());
        named.forEach(host -> hosts.add(new ReviewedHost(host, found)));
    }

    /** The hosts of every mirror, for what their certificates say. */
    private void addHostsOfMirrors(FoundConfiguration found, CriConfig config) {
        ContainerdHosts configuration = new ContainerdHosts(List.of(), HostDefaults.NONE, config);
        for (String namespace : config.mirrors().keySet()) {
            configuration
                    .hostsFor(namespace.equals("*") ? ANY_NAMESPACE : namespace)
                    .hosts()
                    .forEach(host -> hosts.add(new ReviewedHost(host, found)));
        }
    }
}
