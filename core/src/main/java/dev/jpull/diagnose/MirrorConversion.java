// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.address.DockerHub;
import dev.jpull.address.Localhost;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.CriMirrors;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.hosts.HostsFile;
import dev.jpull.hosts.HostsToml;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.lint.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The deprecated mirrors, TLS settings and headers of a CRI configuration as a hosts directory with the same meaning, which
 * {@link #of} verifies.
 *
 * @param files the files by their paths in the hosts directory
 * @param findings what a hosts directory cannot express, and how to carry it over
 */
public record MirrorConversion(Map<String, String> files, List<Finding> findings) {
    private static final String ALL = "*";
    private static final String ANY_NAMESPACE = "registry.invalid";

    /** Copies the collections. */
    public MirrorConversion {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        findings = List.copyOf(findings);
    }

    /**
     * Converts a configuration.
     *
     * @throws ConfigurationException if it names hosts directories already, or cannot be converted
     */
    public static MirrorConversion of(CriConfig config) {
        if (config.configPathAt() != null) {
            throw new ConfigurationException(config.configPathAt()
                    + ": the configuration names hosts directories already; nothing is converted");
        }
        Findings findings = new Findings();
        ContainerdHosts before = new ContainerdHosts(List.of(), HostDefaults.NONE, config);
        Map<String, String> files = new LinkedHashMap<>();
        for (String namespace : namespaces(config, findings)) {
            boolean all = namespace.equals(HostsDirectory.DEFAULT);
            List<RegistryHost> hosts =
                    before.hostsFor(all ? ANY_NAMESPACE : namespace).hosts();
            List<RegistryHost> once = withoutDuplicates(hosts, findings);
            files.put(directoryName(namespace) + "/" + HostsDirectory.FILE, HostsTomlWriter.write(once, !all));
        }
        reportCredentials(config, findings);
        MirrorConversion conversion = new MirrorConversion(files, findings.all());
        conversion.refuseDifferences(config, before);
        return conversion;
    }

    /** The files with the values of headers hidden: they may be secrets. */
    public Map<String, String> shownFiles() {
        Map<String, String> shown = new LinkedHashMap<>();
        files.forEach((file, text) -> shown.put(file, HostsTomlWriter.withoutHeaderValues(text)));
        return shown;
    }

    /** The files without the values of headers. */
    @Override
    public String toString() {
        return "HostsConversion[files=" + shownFiles() + ", findings=" + findings + "]";
    }

    /**
     * Writes the files, all or none of them.
     *
     * @param directory the hosts directory, which is made if it is not there
     * @throws ConfigurationException if one of the files exists already, or cannot be written
     */
    public void write(Path directory) {
        for (String file : files.keySet()) {
            if (Files.exists(directory.resolve(file))) {
                throw new ConfigurationException(
                        directory.resolve(file) + " exists already, and nothing was written: name another directory");
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            try {
                Files.createDirectories(path.resolveSibling("."));
                Files.writeString(path, file.getValue(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new ConfigurationException("cannot write " + path + ": " + Reason.of(e), e);
            }
        }
    }

    /** The registries that need a directory, and {@code _default} where others need it too. */
    private static Set<String> namespaces(CriConfig config, Findings findings) {
        Set<String> namespaces = new LinkedHashSet<>();
        for (Map.Entry<String, CriConfig.Mirror> mirror : config.mirrors().entrySet()) {
            if (mirror.getKey().equals(ALL)) {
                // A registry that is an endpoint of "*" is not added again after itself.
                CriMirrors.hosts(mirror.getValue()).forEach(host -> addNamespaces(host.host(), namespaces));
            } else if (!HostsRootLint.isDomain(mirror.getKey())) {
                neverMatched(mirror.getKey(), mirror.getValue().source(), findings);
            } else {
                namespaces.add(mirror.getKey());
            }
        }
        for (Map.Entry<String, CriConfig.HostSettings> host : config.configs().entrySet()) {
            if (!HostsRootLint.isDomain(host.getKey())) {
                neverMatched(host.getKey(), host.getValue().source(), findings);
            } else if (host.getValue().tls() != null) {
                addNamespaces(host.getKey(), namespaces);
            }
        }
        if (config.mirrors().containsKey(ALL) || !config.headers().isEmpty()) {
            namespaces.add(HostsDirectory.DEFAULT);
        }
        return namespaces;
    }

    /** The registries that a host serves under its own name. */
    private static void addNamespaces(String host, Set<String> namespaces) {
        namespaces.add(host);
        if (host.equals(DockerHub.API_HOST)) {
            namespaces.add(DockerHub.NAMESPACE);
        }
    }

    private static void neverMatched(String name, SourcePosition position, Findings findings) {
        findings.warning(
                "never-matches",
                position,
                "\"" + name + "\" matches no host and is skipped",
                Findings.IGNORED,
                "remove it");
    }

    private static List<RegistryHost> withoutDuplicates(List<RegistryHost> hosts, Findings findings) {
        Map<String, RegistryHost> once = new LinkedHashMap<>();
        for (RegistryHost host : hosts) {
            if (once.putIfAbsent(HostsTomlWriter.url(host), host) != null) {
                findings.info(
                        "duplicate-host",
                        host.source(),
                        HostsTomlWriter.url(host) + " is listed twice, and written once",
                        "asks it twice",
                        "nothing is lost");
            }
        }
        return List.copyOf(once.values());
    }

    private static void reportCredentials(CriConfig config, Findings findings) {
        config.configs().forEach((host, settings) -> {
            if (settings.auth() != null && HostsRootLint.isDomain(host)) {
                findings.warning(
                        "credentials",
                        settings.source(),
                        "the credentials for \"" + host + "\" cannot be written in hosts.toml",
                        "still reads them here, beside a config_path",
                        "leave them where they are, use image pull secrets, or log in with docker login " + host);
            }
        });
        if (config.usesMirrors()) {
            findings.info(
                    "localhost",
                    config.mirrors().values().iterator().next().source(),
                    "a registry on localhost that has no directory is tried with TLS first, without verification",
                    "does the same with a config_path, and asks by plain HTTP with mirrors",
                    "no change is needed unless the logs of the registry are monitored");
        }
    }

    /** Verifies that the requests for each registry are the same before and after. */
    private void refuseDifferences(CriConfig config, ContainerdHosts before) {
        Set<String> namespaces = new LinkedHashSet<>(List.of(ANY_NAMESPACE, DockerHub.NAMESPACE));
        for (String name : config.mirrors().keySet()) {
            if (HostsRootLint.isDomain(name)) {
                namespaces.add(name);
            }
        }
        config.configs().keySet().stream().filter(HostsRootLint::isDomain).forEach(namespaces::add);
        List<String> different = new ArrayList<>();
        for (String namespace : namespaces) {
            List<RegistryHost> expected =
                    withoutDuplicates(before.hostsFor(namespace).hosts(), new Findings());
            if (!meaning(hostsFor(namespace)).equals(meaning(expected)) && !isLeftToLocalhostRules(namespace)) {
                different.add(namespace);
            }
        }
        if (!different.isEmpty()) {
            throw new ConfigurationException("the hosts directory would not mean the same for "
                    + String.join(", ", different) + ", and is not written: convert these by hand");
        }
    }

    private boolean isLeftToLocalhostRules(String namespace) {
        return Localhost.isLocalhost(namespace)
                && !files.containsKey(directoryName(namespace) + "/" + HostsDirectory.FILE);
    }

    /** The hosts for a namespace by the files alone. */
    List<RegistryHost> hostsFor(String namespace) {
        for (String name : HostsDirectory.candidateNames(namespace, false)) {
            String text = files.get(name + "/" + HostsDirectory.FILE);
            if (text != null) {
                Path directory = Path.of(HostsDirectory.DEFAULT).toAbsolutePath();
                HostsFile file = HostsToml.parse(directory.resolve(HostsDirectory.FILE), directory, text)
                        .usable();
                return HostDefaults.NONE.complete(namespace, file.entries());
            }
        }
        return HostDefaults.NONE.complete(namespace, List.of());
    }

    /** What decides about requests: neither positions in files, nor capabilities that a pull does not need. */
    static List<String> meaning(List<RegistryHost> hosts) {
        List<String> meaning = new ArrayList<>();
        for (RegistryHost host : hosts) {
            List<String> headers = new ArrayList<>();
            host.headers()
                    .forEach(header ->
                            headers.add(header.name() + ": " + header.value().reveal()));
            meaning.add(String.join(
                    " ",
                    HostsTomlWriter.url(host),
                    host.can(Set.of(Capability.PULL)) + "," + host.can(Set.of(Capability.RESOLVE)),
                    HostsTomlWriter.absolute(host.tls().ca()).toString(),
                    host.tls().client().stream()
                            .map(pair -> HostsTomlWriter.absolute(List.of(pair.certificate(), pair.key())))
                            .toList()
                            .toString(),
                    String.valueOf(host.tls().insecure()),
                    String.valueOf(host.httpFallback()),
                    headers.toString(),
                    host.dialTimeout().toString()));
        }
        return meaning;
    }

    private static String directoryName(String namespace) {
        return HostsDirectory.candidateNames(namespace, false).get(0);
    }
}
