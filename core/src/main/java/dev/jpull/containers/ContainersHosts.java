// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.address.DockerHub;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.ContainerRuntime;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.PairedCertificates;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The hosts that podman, CRI-O, skopeo and buildah ask for an image: the mirrors of its table in their order, then the
 * location. Directories with certificates are read anew at every call. Safe for use by several threads.
 *
 * @param conf the files
 * @param defaults what the program or the command line says for all hosts
 */
public record ContainersHosts(RegistriesConf conf, HostDefaults defaults) implements HostConfiguration {
    @Override
    public NamespaceHosts hostsFor(ImageReference image) {
        Findings.refuseErrors(conf.findings());
        Findings findings = new Findings(ContainerRuntime.PODMAN);
        findings.addAll(conf.findings());
        RegistryTable table = conf.tableFor(image.name());
        List<RegistryHost> hosts = new ArrayList<>();
        List<NamespaceHosts.LeftOut> leftOut = new ArrayList<>();
        if (table == null) {
            hosts.add(unconfigured(image, findings));
        } else {
            for (Location mirror : table.mirrors()) {
                place(image, table, mirror, hosts, leftOut, findings);
            }
            place(image, table, table.primary(), hosts, leftOut, findings);
        }
        Findings.refuseErrors(findings.all());
        if (hosts.isEmpty()) {
            throw new ConfigurationException(image.name() + " is not pulled: "
                    + leftOut.get(leftOut.size() - 1).reason() + "; remove that setting when the image is wanted");
        }
        return new NamespaceHosts(
                image.domain(),
                conf.read(),
                table == null ? null : table.position().file(),
                hosts,
                leftOut,
                findings.all());
    }

    @Override
    public List<ImageReference> meanings(String image) {
        return conf.shortNames().meanings(image);
    }

    @Override
    public Set<String> scopes() {
        Set<String> scopes = new TreeSet<>(conf.files().certificateHosts());
        for (RegistryTable table : conf.tables()) {
            scopes.add(table.prefix().text());
            if (table.prefix().coversPorts()) {
                scopes.add(table.prefix().text() + OTHER_PORTS);
            }
        }
        return scopes;
    }

    @Override
    public Map<String, SourcePosition> aliases() {
        Map<String, SourcePosition> positions = new LinkedHashMap<>();
        conf.shortNames().aliases().forEach((name, alias) -> positions.put(name, alias.position()));
        return positions;
    }

    @Override
    public CredentialSource credentials() {
        return CredentialSource.ANONYMOUS;
    }

    @Override
    public List<Finding> findings() {
        return conf.findings();
    }

    /** Adds the host of a location, or why it is not asked for this image. */
    private void place(
            ImageReference image,
            RegistryTable table,
            Location location,
            List<RegistryHost> hosts,
            List<NamespaceHosts.LeftOut> leftOut,
            Findings findings) {
        LocationRename rename = new LocationRename(image.domain(), table.prefix(), location.text());
        ImageReference target = location.text().isEmpty() ? image : target(rename, image, location);
        boolean itself = location.equals(table.primary())
                && target.name().equals(image.name())
                && !table.mirrors().isEmpty();
        RegistryHost host = host(target.domain(), location, itself, findings);
        if (!target.path().equals(image.path())) {
            host = host.withRenames(List.of(rename));
        }
        RegistryTable own = conf.tableFor(target.name());
        if (!location.use().admits(image)) {
            leftOut.add(new NamespaceHosts.LeftOut(
                    host, "the mirror is " + location.use().label() + ", and the reference has " + kind(image)));
        } else if (own != null && own.blocked()) {
            leftOut.add(new NamespaceHosts.LeftOut(
                    host, "\"" + own.prefix().text() + "\" is blocked at " + own.blockedAt()));
        } else {
            hosts.add(host);
        }
    }

    private static String kind(ImageReference image) {
        return image.digest() == null ? "no digest" : "a digest";
    }

    private static ImageReference target(LocationRename rename, ImageReference image, Location location) {
        try {
            return rename.target(image.path());
        } catch (ConfigurationException e) {
            throw new ConfigurationException(location.position() + ": " + e.getMessage(), e);
        }
    }

    private RegistryHost unconfigured(ImageReference image, Findings findings) {
        if (defaults.scheme() != null && !image.domain().equals(DockerHub.NAMESPACE)) {
            return defaults.complete(image.domain(), List.of()).get(0);
        }
        return host(
                image.domain(),
                new Location(image.domain(), null, MirrorUse.ALL, SourcePosition.BUILT_IN, Map.of()),
                true,
                findings);
    }

    private RegistryHost host(String domain, Location location, boolean implied, Findings findings) {
        Map<String, SourcePosition> settings = new LinkedHashMap<>(location.settings());
        Path certificates = conf.files().certificatesOf(domain);
        TlsSettings tls = new TlsSettings(List.of(), false, List.of(), location.insecure());
        if (certificates != null) {
            PairedCertificates pairs = PairedCertificates.read(certificates, findings);
            tls = pairs.tls(location.insecure());
            settings.putAll(pairs.settings());
        }
        TlsSettings global = defaults.tls();
        return new RegistryHost(
                "https",
                DockerHub.apiHost(domain),
                "/v2",
                Capability.ALL,
                global == null ? tls : tls.over(global),
                location.isInsecure(),
                List.of(),
                RegistryHost.DEFAULT_DIAL_TIMEOUT,
                HostExtensions.WITHOUT_NAMESPACE,
                new Provenance(location.position(), settings, implied));
    }
}
