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
    /** The code of the error that there is nothing to review at a path. */
    public static final String NOT_CHECKED = "not-checked";

    private static final String ANY_NAMESPACE = "registry.invalid";

    private final Set<NodeRelease> nodes;
    private final boolean nodeFiles;
    private final Findings findings = new Findings();
    private final List<ReviewedHost> hosts = new ArrayList<>();

    /**
     * Nothing reviewed yet.
     *
     * @param nodes the releases for which the configurations are judged; none for the rules of all
     * @param nodeFiles whether a configuration that is named belongs to this machine, so that files elsewhere which it names are read
     */
    public ConfigurationLint(Set<NodeRelease> nodes, boolean nodeFiles) {
        this.nodes = Set.copyOf(nodes);
        this.nodeFiles = nodeFiles;
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
     * directory that is none of these. When there is nothing to review, that is an error among the findings.
     *
     * @return the configurations that were reviewed
     */
    public List<FoundConfiguration> review(Path path) {
        if (!Files.exists(path)) {
            notChecked(SourcePosition.of(path), path + " does not exist");
            return List.of();
        }
        try {
            List<FoundConfiguration> found = Files.isDirectory(path)
                    ? new ConfigurationSearch(path, findings).run()
                    : List.of(new FoundConfiguration(path, ConfigurationKinds.of(path), null));
            for (FoundConfiguration configuration : found) {
                review(nodeFiles ? configuration : ofTree(configuration));
            }
            return found;
        } catch (IOException e) {
            unreadable(path, e);
        } catch (ConfigurationException e) {
            notChecked(SourcePosition.of(path), String.valueOf(e.getMessage()));
        }
        return List.of();
    }

    /** A configuration that is named, of which the files elsewhere are not read. */
    private static FoundConfiguration ofTree(FoundConfiguration found) {
        Path path = found.path().toAbsolutePath().normalize();
        Path directory = Files.isDirectory(path) ? path : path.getParent();
        return found.tree() != null ? found : new FoundConfiguration(found.path(), found.kind(), directory);
    }

    /** Reports that no path is known that could be reviewed. */
    public void nothingToReview() {
        notChecked(
                SourcePosition.BUILT_IN,
                "there is no configuration of registries: the built-in defaults apply to every registry");
    }

    private void notChecked(SourcePosition position, String message) {
        findings.error(
                NOT_CHECKED,
                position,
                message,
                "",
                "name a hosts directory, a file such as hosts.toml or registries.yaml, or a directory that has them");
    }

    private void review(FoundConfiguration found) {
        if (found.isElsewhere(found.path())) {
            return; // a link to a file of this machine
        }
        try {
            switch (found.kind()) {
                case HOSTS_DIRECTORY -> reviewRoot(found, found.path());
                case HOST_DIRECTORY -> reviewAlone(found, found.path());
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
        new HostsRootLint(root, found::isElsewhere, findings).review();
        for (Path entry : HostsRootLint.entries(root)) {
            if (Files.isDirectory(entry)) {
                reviewHostDirectory(found, entry);
            }
        }
    }

    /** The directory of one registry, with what its name means inside of a hosts directory. */
    private void reviewAlone(FoundConfiguration found, Path directory) throws IOException {
        Path root = directory.toAbsolutePath().normalize().getParent();
        if (root != null && HostsRootLint.isDirectoryInRoot(directory)) {
            new HostsRootLint(root, found::isElsewhere, findings).review(directory);
        } else {
            new HostsRootLint(directory, found::isElsewhere, findings).reviewFiles(directory);
        }
        reviewHostDirectory(found, directory);
    }

    private void reviewHostDirectory(FoundConfiguration found, Path directory) throws IOException {
        if (found.isElsewhere(directory.resolve(HostsDirectory.FILE))) {
            return;
        }
        HostsFile read = HostsDirectory.load(directory);
        reviewHosts(found, directory.resolve(HostsDirectory.FILE), HostsRootLint.namespaceOf(directory), read);
    }

    private void reviewHostsToml(FoundConfiguration found) throws IOException {
        Path file = found.path();
        Path directory = file.toAbsolutePath().normalize().getParent();
        if (directory != null && HostsRootLint.isInRoot(file)) {
            reviewAlone(found, file.getParent() == null ? Path.of(".") : file.getParent());
            return;
        }
        Path base = directory == null ? Path.of("") : directory;
        String text = TomlFile.readText(file, ConfigurationKinds.MAX_SIZE);
        // A file with another name is not yet in the directory of its registry.
        String namespace =
                file.endsWith(HostsDirectory.FILE) ? HostsRootLint.namespaceOf(base) : HostsDirectory.DEFAULT;
        reviewHosts(found, file, namespace, HostsToml.parse(file, base, text));
    }

    private void reviewHosts(FoundConfiguration found, Path file, String namespace, HostsFile read) throws IOException {
        findings.addAll(read.findings());
        if (read.findings().stream().anyMatch(Finding::isError)) {
            return;
        }
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
