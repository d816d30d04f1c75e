// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostEntry;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The hosts of k3s and RKE2. The file is read once, as k3s does it when it starts. Immutable. */
public final class K3sHosts implements HostConfiguration {
    private final RegistriesYaml file;
    private final HostDefaults defaults;
    private final Map<String, List<HostEntry>> entries;

    /**
     * What a file means.
     *
     * @param defaults the rules for registries that are not configured
     */
    public K3sHosts(RegistriesYaml file, HostDefaults defaults) {
        this.file = file;
        this.defaults = defaults;
        this.entries = Map.copyOf(GeneratedHosts.of(file));
    }

    @Override
    public NamespaceHosts hostsFor(ImageReference image) {
        try {
            Findings.refuseErrors(file.findings());
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    "the registry configuration of k3s cannot be used, and is not skipped:\n" + e.getMessage(), e);
        }
        String namespace = image.domain();
        List<HostEntry> found = entries.getOrDefault(namespace, entries.getOrDefault(ALL, List.of()));
        Path directory = found.isEmpty() ? null : file.file();
        return new NamespaceHosts(
                        namespace,
                        List.of(file.file()),
                        directory,
                        defaults.complete(namespace, found),
                        file.findings())
                .withRewriteConflicts(image.path());
    }

    @Override
    public Set<String> scopes() {
        return new TreeSet<>(entries.keySet());
    }

    @Override
    public CredentialSource credentials() {
        return new K3sCredentials(file);
    }

    @Override
    public List<Finding> findings() {
        return file.findings();
    }

    /** What the file says. */
    public RegistriesYaml file() {
        return file;
    }
}
