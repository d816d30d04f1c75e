// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.Finding;
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

/**
 * The findings of a configuration, whether or not it can be used.
 *
 * @param findings the findings, in no particular order
 * @param hosts the hosts that it describes, as far as it can be used
 */
public record ConfigurationLint(List<Finding> findings, List<RegistryHost> hosts) {
    private static final int MAX_SIZE = 4 << 20;
    private static final List<String> CRI_KEYS = List.of("version", "imports");
    private static final String ANY_NAMESPACE = "registry.invalid";

    /** Copies the lists. */
    public ConfigurationLint {
        findings = List.copyOf(findings);
        hosts = List.copyOf(hosts);
    }

    /**
     * Reviews a hosts directory, the directory of one registry, a hosts.toml, or containerd's own configuration.
     *
     * @throws ConfigurationException if there is nothing there
     */
    public static ConfigurationLint of(Path path) {
        Findings findings = new Findings();
        List<RegistryHost> hosts = new ArrayList<>();
        try {
            if (!Files.exists(path)) {
                throw new ConfigurationException(
                        path + " does not exist: name a hosts directory, a hosts.toml or a config.toml");
            }
            if (!Files.isDirectory(path)) {
                reviewFile(path, findings, hosts);
            } else if (HostsRootLint.isHostDirectory(path)) {
                new HostsRootLint(path, findings).reviewFiles(path);
                reviewHostDirectory(path, findings, hosts);
            } else {
                reviewRoot(path, findings, hosts);
            }
        } catch (IOException e) {
            findings.error(
                    "unreadable",
                    SourcePosition.of(path),
                    "cannot be read: " + Reason.of(e),
                    "fails the pull",
                    "make it readable");
        }
        return new ConfigurationLint(findings.all(), hosts);
    }

    private static void reviewRoot(Path root, Findings findings, List<RegistryHost> hosts) throws IOException {
        new HostsRootLint(root, findings).review();
        for (Path entry : HostsRootLint.entries(root)) {
            if (Files.isDirectory(entry)) {
                reviewHostDirectory(entry, findings, hosts);
            }
        }
    }

    private static void reviewHostDirectory(Path directory, Findings findings, List<RegistryHost> hosts)
            throws IOException {
        HostsFile read = HostsDirectory.load(directory);
        reviewHosts(directory.resolve(HostsDirectory.FILE), directory, read, findings, hosts);
    }

    private static void reviewFile(Path file, Findings findings, List<RegistryHost> hosts) throws IOException {
        String text = TomlFile.readText(file, MAX_SIZE);
        if (!looksLikeHostsToml(file, text)) {
            reviewCriConfig(file, findings, hosts);
            return;
        }
        Path directory = file.toAbsolutePath().normalize().getParent();
        Path base = directory == null ? Path.of("") : directory;
        reviewHosts(file, base, HostsToml.parse(file, base, text), findings, hosts);
    }

    /** By its name, else by what is in it. */
    private static boolean looksLikeHostsToml(Path file, String text) {
        String name = String.valueOf(file.getFileName());
        if (name.equals(HostsDirectory.FILE) || name.equals("config.toml")) {
            return name.equals(HostsDirectory.FILE);
        }
        return text.lines().map(String::strip).noneMatch(ConfigurationLint::isOfCriConfig);
    }

    private static boolean isOfCriConfig(String line) {
        String start = line.startsWith("[") ? "[" + line.substring(1).stripLeading() : line;
        return start.startsWith("[plugins")
                || start.startsWith("plugins.")
                || CRI_KEYS.stream()
                        .anyMatch(key -> start.startsWith(key)
                                && start.substring(key.length()).stripLeading().startsWith("="));
    }

    private static void reviewHosts(
            Path file, Path directory, HostsFile read, Findings findings, List<RegistryHost> hosts) throws IOException {
        findings.addAll(read.findings());
        if (read.findings().stream().anyMatch(Finding::isError)) {
            return;
        }
        String namespace = HostsRootLint.namespaceOf(directory);
        boolean all = namespace.equals(HostsDirectory.DEFAULT);
        for (RegistryHost host : HostDefaults.NONE.complete(all ? ANY_NAMESPACE : namespace, read.entries())) {
            // A name that no reference can have is never contacted.
            if (all || !host.implied() || HostsRootLint.isDomain(namespace)) {
                hosts.add(host);
            }
        }
        String text = Files.exists(file) ? TomlFile.readText(file, MAX_SIZE) : "";
        if (!text.isEmpty()) {
            TomlFile toml = TomlFile.parse(file, text, "", new Findings());
            new HostsTomlLint(toml, read.entries(), namespace, findings).review();
        }
    }

    private static void reviewCriConfig(Path file, Findings findings, List<RegistryHost> hosts) throws IOException {
        CriConfig config = CriConfig.readWithErrors(file);
        findings.addAll(config.findings());
        if (config.findings().stream().anyMatch(Finding::isError)) {
            return;
        }
        new CriConfigLint(config, findings).review();
        if (config.usesMirrors()) {
            reviewMirrors(config, findings, hosts);
            return;
        }
        for (Path root : config.configPath()) {
            if (Files.isDirectory(root)) {
                reviewRoot(root, findings, hosts);
            }
        }
    }

    /** The hosts of every mirror, for what their certificates say. */
    private static void reviewMirrors(CriConfig config, Findings findings, List<RegistryHost> hosts) {
        if (findings.all().stream().noneMatch(Finding::isError)) {
            ContainerdHosts configuration = new ContainerdHosts(List.of(), HostDefaults.NONE, config);
            for (String namespace : config.mirrors().keySet()) {
                hosts.addAll(configuration
                        .hostsFor(namespace.equals("*") ? ANY_NAMESPACE : namespace)
                        .hosts());
            }
        }
    }
}
