// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.address.DockerHub;
import dev.jpull.compare.SampleReferences;
import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.dialect.DialectDetection;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.Remedy;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A configuration in another dialect, with the same meaning unless it was to be approximate. {@link #of} reads what was written
 * and compares it with the source.
 *
 * @param target the dialect
 * @param files the files by their paths in the target directory; a dialect of one file has the empty path
 * @param findings what the target cannot say, and what else differs
 */
public record Conversion(Target target, Map<String, WrittenText> files, List<Finding> findings) {
    /** Copies the collections. */
    public Conversion {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        findings = List.copyOf(findings);
    }

    /**
     * Converts a configuration of any dialect. What the target cannot say is an error among the findings, and there are no files
     * then.
     *
     * @param approximate whether what the target cannot say is left out with a warning, rather than refused
     * @throws ConfigurationException if the source cannot be used, or is of the dialect of the target already
     */
    public static Conversion of(Path source, Target target, boolean approximate) {
        DialectDetection told = DialectDetection.of(source);
        if (told.dialect() == target.dialect()) {
            throw new ConfigurationException(
                    source + " is a " + told.dialect().description() + " already; nothing is converted");
        }
        HostConfiguration read = new ConfigurationReader(HostDefaults.NONE).readWithErrors(told);
        Findings.refuseErrors(read.findings());
        HostConfiguration before = target.isHostsDirectory() ? withoutDirectories(read) : read;
        SourcePosition headers = before instanceof ContainerdHosts directories && directories.cri() != null
                ? directories.cri().headersAt()
                : null;
        Unsayable unsayable =
                new Unsayable(target, told.dialect().runtime(), SourcePosition.of(source), headers, approximate);
        List<Entry> entries = new EntryCollector(before, target, unsayable).collect(scopes(before));
        reportCredentials(entries, before, target, unsayable);
        Map<String, WrittenText> files = target.writer(unsayable).write(entries);
        if (!unsayable.refuses()) {
            new Proof(before, source, entries, target, unsayable).verify(files);
        }
        return new Conversion(
                target,
                unsayable.refuses() ? Map.of() : files,
                List.copyOf(new LinkedHashSet<>(unsayable.findings().all())));
    }

    /** Whether the target cannot say something, so that there are no files. */
    public boolean isRefused() {
        return findings.stream().anyMatch(Finding::isError);
    }

    /** The texts of the files, with their secrets; none when the conversion is refused. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        files.forEach((path, file) -> texts.put(path, file.text()));
        return texts;
    }

    /** The texts of the files with stars in place of secrets. */
    public Map<String, String> shownTexts() {
        Map<String, String> texts = new LinkedHashMap<>();
        files.forEach((path, file) -> texts.put(path, file.shown()));
        return texts;
    }

    /**
     * Writes the files, all or none of them.
     *
     * @param path the hosts directory, which is made when it is not there, or the file
     * @throws ConfigurationException if the conversion is refused, or one of the files exists already, or cannot be written
     */
    public void write(Path path) {
        Findings.refuseErrors(findings, List.of(Remedy.APPROXIMATE));
        new FileSet(files).write(path);
    }

    /** The deprecated tables alone: hosts directories of containerd need no conversion. */
    private static HostConfiguration withoutDirectories(HostConfiguration read) {
        if (!(read instanceof ContainerdHosts containerd) || containerd.cri() == null) {
            return read;
        }
        CriConfig cri = containerd.cri();
        if (cri.configPathAt() != null) {
            throw new ConfigurationException(
                    cri.configPathAt() + ": the configuration names hosts directories already; nothing is converted");
        }
        return new ContainerdHosts(List.of(), HostDefaults.NONE, cri);
    }

    private static Set<String> scopes(HostConfiguration configuration) {
        Set<String> scopes = new TreeSet<>(configuration.scopes());
        if (configuration instanceof ContainerdHosts containerd && containerd.cri() != null) {
            CriConfig cri = containerd.cri();
            if (cri.usesMirrors() && scopes.contains(HostConfiguration.ALL)) {
                // The deprecated mirrors do not add a registry after itself.
                ImageReference any =
                        SampleReferences.within(HostConfiguration.ALL).get(0);
                for (RegistryHost host : configuration.hostsFor(any).hosts()) {
                    scopes.add(host.host());
                }
                scopes.remove(SampleReferences.ANY_REGISTRY);
            }
            if (!cri.headers().isEmpty()) {
                scopes.add(HostConfiguration.ALL);
            }
        }
        if (scopes.contains(DockerHub.API_HOST)) {
            scopes.add(DockerHub.NAMESPACE);
        }
        return scopes;
    }

    private static void reportCredentials(
            List<Entry> entries, HostConfiguration source, Target target, Unsayable unsayable) {
        if (target == Target.K3S) {
            return;
        }
        Map<String, RegistryHost> hosts = new LinkedHashMap<>();
        entries.forEach(entry -> entry.hosts().forEach(host -> hosts.putIfAbsent(host.host(), host)));
        hosts.forEach((name, host) -> source.credentials()
                .sourceFor(name)
                .ifPresent(origin -> reportCredential(name, host, origin, source, target, unsayable)));
    }

    private static void reportCredential(
            String name,
            RegistryHost host,
            String origin,
            HostConfiguration source,
            Target target,
            Unsayable unsayable) {
        String what = "the credentials for \"" + name + "\" (from " + origin + ")";
        if (target.isHostsDirectory() && source instanceof ContainerdHosts containerd && containerd.cri() != null) {
            CriConfig.HostSettings settings = containerd.cri().configs().get(name);
            SourcePosition position = settings == null ? host.source() : settings.source();
            unsayable
                    .findings()
                    .warning(
                            "credentials",
                            position,
                            what + " stay in this file: hosts.toml has no place for them",
                            "still reads them here, beside a config_path",
                            "leave them where they are, use image pull secrets, or log in with docker login " + name);
        } else {
            unsayable.report("credentials", host.source(), what, "log in on the node instead");
        }
    }
}
