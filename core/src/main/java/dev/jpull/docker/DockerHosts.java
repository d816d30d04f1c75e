// SPDX-License-Identifier: Apache-2.0
package dev.jpull.docker;

import dev.jpull.address.DockerHub;
import dev.jpull.address.PublicRegistries;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Reason;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.PairedCertificates;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that Docker's daemon asks for an image: for Docker Hub its mirrors and then the hub, else the registry alone
 * (moby, {@code daemon/pkg/registry/service_v2.go:lookupV2Endpoints}). Directories with certificates are read anew at every call.
 * Safe for use by several threads.
 *
 * @param daemon the file
 * @param certificates the directory with a directory of certificates for each host
 * @param defaults what the program or the command line says for all hosts
 */
public record DockerHosts(DaemonJson daemon, Path certificates, HostDefaults defaults) implements HostConfiguration {
    private static final int MAX_DIRECTORIES = 10_000;
    private static final int MAX_NETWORKS_REPORTED = 100;

    /** A daemon.json with the {@code certs.d} beside it, so that the configuration of another node means the same here. */
    public static DockerHosts beside(DaemonJson daemon, HostDefaults defaults) {
        return new DockerHosts(daemon, daemon.file().resolveSibling("certs.d"), defaults);
    }

    @Override
    public NamespaceHosts hostsFor(ImageReference image) {
        Findings.refuseErrors(daemon.findings());
        String registry = image.domain();
        Findings findings = new Findings(ContainerRuntime.DOCKER);
        findings.addAll(daemon.findings());
        boolean hub = registry.equals(DockerHub.NAMESPACE);
        List<RegistryHost> hosts = hub ? hostsOfHub(findings) : List.of(registry(registry, findings));
        Findings.refuseErrors(findings.all());
        Path own = directoryOf(registry);
        boolean ofFile =
                hub ? !daemon.mirrors().isEmpty() : daemon.insecure().stream().anyMatch(item -> item.covers(registry));
        boolean ofDirectory = !hub && !ofFile && Files.exists(own);
        return new NamespaceHosts(
                registry,
                ofDirectory ? List.of(daemon.file(), own) : List.of(daemon.file()),
                ofDirectory ? own : ofFile ? daemon.file() : null,
                hosts,
                findings.all());
    }

    private List<RegistryHost> hostsOfHub(Findings findings) {
        List<RegistryHost> hosts = new ArrayList<>();
        for (DaemonJson.Mirror mirror : daemon.mirrors()) {
            MirrorUrl url = mirror.url();
            // A mirror gets no fallback to plain HTTP, also when its certificate is not checked.
            Provenance written = new Provenance(mirror.position(), Map.of(), false);
            hosts.add(
                    url.scheme().equals("http")
                            ? host(url, TlsSettings.NONE, false, written)
                            : overTls(url, mirror.position(), findings));
        }
        hosts.add(host(new MirrorUrl("https", DockerHub.API_HOST, ""), TlsSettings.NONE, false, Provenance.BUILT_IN));
        return hosts;
    }

    private RegistryHost registry(String registry, Findings findings) {
        Optional<InsecureRegistry> insecure = insecure(registry);
        if (insecure.isEmpty() && defaults.scheme() != null && !Files.exists(directoryOf(registry))) {
            return host(new MirrorUrl(defaults.scheme(), registry, ""), TlsSettings.NONE, false, Provenance.BUILT_IN);
        }
        return overTls(new MirrorUrl("https", registry, ""), null, findings);
    }

    /**
     * A host that is contacted with TLS: by its certificates, or without checking that of the host.
     *
     * @param mirrorAt where the mirror was written, or null for the registry itself
     */
    private RegistryHost overTls(MirrorUrl url, @Nullable SourcePosition mirrorAt, Findings findings) {
        SourcePosition written = mirrorAt == null ? SourcePosition.BUILT_IN : mirrorAt;
        Optional<InsecureRegistry> insecure = insecure(url.host());
        if (insecure.isPresent()) {
            SourcePosition at = insecure.get().position();
            boolean named = at.file() != null;
            return host(
                    url,
                    new TlsSettings(List.of(), false, List.of(), true),
                    mirrorAt == null,
                    new Provenance(
                            mirrorAt == null ? at : mirrorAt,
                            named ? Map.of("skip_verify", at) : Map.of(),
                            mirrorAt == null && !named));
        }
        reportNearlyInsecure(url.host(), findings);
        Path directory = directoryOf(url.host());
        PairedCertificates pairs = PairedCertificates.read(directory, findings);
        reportHostsToml(directory, findings);
        return host(url, pairs.tls(null), false, new Provenance(written, pairs.settings(), mirrorAt == null));
    }

    /** The directory with the certificates of a host; no name of a file has colons on Windows. */
    private Path directoryOf(String host) {
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return certificates.resolve(windows ? host.replace(":", "") : host);
    }

    private RegistryHost host(MirrorUrl url, TlsSettings tls, boolean fallback, Provenance provenance) {
        return new RegistryHost(
                url.scheme(),
                url.host(),
                url.path() + "/v2",
                Capability.ALL,
                defaults.tls() == null ? tls : tls.over(defaults.tls()),
                fallback,
                List.of(),
                RegistryHost.DEFAULT_DIAL_TIMEOUT,
                HostExtensions.WITHOUT_NAMESPACE,
                provenance);
    }

    /** What makes a registry insecure; what is written counts before what is built in. */
    private Optional<InsecureRegistry> insecure(String registry) {
        return Stream.concat(daemon.insecure().stream(), InsecureRegistry.BUILT_IN.stream())
                .filter(item -> item.covers(registry))
                .findFirst();
    }

    /** Reports at most one other port for each registry, and each network once, however many registries there are. */
    private void reportNearlyInsecure(String registry, Findings findings) {
        daemon.insecure().stream()
                .filter(item -> item.coversOtherPort(registry))
                .findFirst()
                .ifPresent(item -> findings.warning(
                        "insecure-other-port",
                        item.position(),
                        "\"" + item.host() + "\" does not cover " + registry
                                + ", because hosts and ports are compared as text",
                        "does the same",
                        "write \"" + registry + "\" when this registry is meant"));
        if (InsecureRegistry.isLookedUp(registry) && !PublicRegistries.contains(registry)) {
            daemon.insecure().stream()
                    .filter(item -> item.network() != null)
                    .limit(MAX_NETWORKS_REPORTED)
                    .forEach(item -> findings.info(
                            "insecure-by-lookup",
                            item.position(),
                            "jpull checks the certificates of hosts that have a name, whatever their addresses are",
                            "looks up the name, and checks no certificate when one of its addresses is in "
                                    + item.host(),
                            "write the name, and the port when there is one, of each registry that is meant"));
        }
    }

    /** Docker reads a hosts.toml there only when it stores images in containerd. */
    private static void reportHostsToml(Path directory, Findings findings) {
        Path hostsToml = directory.resolve(HostsDirectory.FILE);
        if (Files.exists(hostsToml)) {
            findings.warning(
                    "hosts-toml-not-used",
                    SourcePosition.of(hostsToml),
                    "a hosts.toml is not used beside a daemon.json",
                    "reads it only when it stores images in containerd",
                    "pull by the directory above instead");
        }
    }

    @Override
    public Set<String> scopes() {
        Set<String> scopes = new TreeSet<>();
        if (!daemon.mirrors().isEmpty()) {
            scopes.add(DockerHub.NAMESPACE);
        }
        daemon.insecure().forEach(item -> scopes.add(item.scope()));
        try (Stream<Path> entries = Files.list(certificates)) {
            entries.limit(MAX_DIRECTORIES)
                    .filter(Files::isDirectory)
                    .forEach(entry -> scopes.add(String.valueOf(entry.getFileName())));
        } catch (NoSuchFileException e) {
            return scopes; // no host has certificates
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigurationException(
                    "cannot list " + certificates + ": " + (e instanceof IOException io ? Reason.of(io) : e), e);
        }
        return scopes;
    }

    @Override
    public CredentialSource credentials() {
        return CredentialSource.ANONYMOUS;
    }

    @Override
    public OptionalInt concurrentDownloads() {
        int count = daemon.concurrentDownloads();
        return count == 0 ? OptionalInt.empty() : OptionalInt.of(count);
    }

    @Override
    public List<Finding> findings() {
        return daemon.findings();
    }
}
