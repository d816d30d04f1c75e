// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.FailureDetails;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Host configuration of containerd: hosts directories, or the registry tables of a CRI configuration. Hosts
 * directories are read anew at every call, so that changes are seen without a restart. Safe for use by several threads.
 *
 * @param roots hosts directories; the first with a directory for a namespace wins (docs/containerd.md section 2)
 * @param defaults the rules for hosts that are not configured
 * @param cri a CRI configuration, or null; its deprecated mirrors replace the directories
 */
public record ContainerdHosts(
        List<Path> roots, HostDefaults defaults, @Nullable CriConfig cri) implements HostConfiguration {
    /** Copies the list. */
    public ContainerdHosts {
        roots = List.copyOf(roots);
    }

    /** Hosts directories alone. */
    public ContainerdHosts(List<Path> roots, HostDefaults defaults) {
        this(roots, defaults, null);
    }

    @Override
    public NamespaceHosts hostsFor(ImageReference image) {
        return hostsFor(image.domain()).withRewriteConflicts(image.path());
    }

    /** The namespaces that have a directory, or are named in the CRI configuration. */
    @Override
    public Set<String> scopes() {
        Set<String> scopes = new TreeSet<>();
        if (cri != null) {
            scopes.addAll(cri.configs().keySet());
            cri.mirrors().keySet().forEach(name -> scopes.add(name.equals(CriMirrors.ALL) ? ALL : name));
        }
        if (cri == null || !cri.usesMirrors()) {
            boolean named = cri == null || cri.configPathAt() != null; // a default directory need not be there
            roots.stream()
                    .filter(root -> named || Files.exists(root))
                    .forEach(root -> scopes.addAll(new HostsDirectory(root).namespaces()));
        }
        return scopes;
    }

    @Override
    public OptionalInt concurrentDownloads() {
        return cri != null && cri.limitsDownloads()
                ? OptionalInt.of(cri.maxConcurrentDownloads())
                : OptionalInt.empty();
    }

    @Override
    public Optional<Duration> progressTimeout() {
        return Optional.ofNullable(cri).map(CriConfig::progressTimeout);
    }

    @Override
    public CredentialSource credentials() {
        return cri == null ? CredentialSource.ANONYMOUS : new CriCredentials(cri);
    }

    @Override
    public List<Finding> findings() {
        return cri == null ? List.of() : cri.findings();
    }

    /**
     * The hosts for a namespace.
     *
     * @param namespace the registry part of a reference, with its port as written
     * @throws ConfigurationException if the configuration of this namespace cannot be used; it is never skipped
     */
    public NamespaceHosts hostsFor(String namespace) {
        try {
            if (cri == null) {
                return fromDirectories(namespace);
            }
            NamespaceHosts hosts = cri.usesMirrors()
                    ? new NamespaceHosts(namespace, List.of(), null, new CriMirrors(cri).hostsFor(namespace), List.of())
                    : fromDirectories(namespace);
            List<Finding> findings = new ArrayList<>(cri.findings());
            findings.addAll(hosts.findings());
            return new NamespaceHosts(
                    namespace, hosts.tried(), hosts.directory(), withCriSettings(hosts.hosts(), cri), findings);
        } catch (ConfigurationException e) {
            List<String> lines = new ArrayList<>();
            lines.add("the host configuration of " + namespace + " cannot be used, and is not skipped:");
            String.valueOf(e.getMessage()).lines().forEach(lines::add);
            throw new ConfigurationException(new FailureDetails(lines, e.getCause(), List.of(), List.of()));
        }
    }

    private NamespaceHosts fromDirectories(String namespace) {
        List<Path> tried = new ArrayList<>();
        for (Path root : roots) {
            List<Path> candidates = new HostsDirectory(root).candidates(namespace);
            Optional<Path> directory = new HostsDirectory(root).find(namespace);
            int last = directory.map(candidates::indexOf).orElse(candidates.size() - 1);
            tried.addAll(candidates.subList(0, last + 1));
            if (directory.isPresent()) {
                HostsFile file = HostsDirectory.load(directory.get()).usable();
                List<Finding> findings = new ArrayList<>(file.findings());
                findings.addAll(hiddenByDefault(namespace, root, directory.get()));
                return new NamespaceHosts(
                        namespace, tried, directory.get(), defaults.complete(namespace, file.entries()), findings);
            }
        }
        return new NamespaceHosts(namespace, tried, null, defaults.complete(namespace, List.of()), List.of());
    }

    /** Each root is searched completely, its _default included, before the next one (Q-DIR-5). */
    private List<Finding> hiddenByDefault(String namespace, Path root, Path found) {
        Findings findings = new Findings();
        if (found.endsWith(HostsDirectory.DEFAULT)) {
            for (Path later : roots.subList(roots.indexOf(root) + 1, roots.size())) {
                Optional<Path> hidden = new HostsDirectory(later).find(namespace);
                if (hidden.isPresent() && !hidden.get().endsWith(HostsDirectory.DEFAULT)) {
                    findings.warning(
                            "hidden-by-default",
                            SourcePosition.of(found),
                            "it is used although " + hidden.get() + " is made for " + namespace
                                    + ", because its root is searched first",
                            "does the same",
                            "move one of them, or name the roots in the other order");
                }
            }
        }
        return findings.all();
    }

    /** The headers for all hosts, and the TLS settings of hosts that have none of their own. */
    private List<RegistryHost> withCriSettings(List<RegistryHost> hosts, CriConfig config) {
        TlsSettings global = defaults.tls() == null ? TlsSettings.NONE : TlsSettings.NONE.over(defaults.tls());
        List<RegistryHost> result = new ArrayList<>(hosts.size());
        for (RegistryHost host : hosts) {
            CriConfig.HostSettings settings = config.configs().get(host.host());
            boolean ownTls = !host.tls().equals(TlsSettings.NONE) && !host.tls().equals(global);
            Provenance provenance = host.provenance();
            TlsSettings tls = host.tls();
            if (settings != null
                    && settings.tls() != null
                    && !ownTls
                    && host.scheme().equals("https")) {
                tls = settings.tls().over(global);
                provenance = settings.addTo(provenance);
            }
            List<Header> headers = new ArrayList<>(config.headers());
            headers.addAll(host.headers());
            if (config.headersAt() != null) {
                provenance = provenance.with("header", config.headersAt());
            }
            result.add(host.withTls(tls, provenance).withHeaders(headers, provenance));
        }
        return result;
    }
}
