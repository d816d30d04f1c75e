// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.address.DockerHub;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A host that serves the images of one namespace, with every setting of its requests
 * (docs/containerd.md section 4).
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host with its port as written
 * @param path the path prefix of every request, such as {@code /v2}; empty for none
 * @param capabilities what requests it may get
 * @param tls the TLS settings
 * @param httpFallback whether plain HTTP is tried when the host turns out not to speak TLS; only ever true for a host
 *     that was written as {@code http}, or for a localhost that was not written at all
 * @param headers the headers that go to this host and to no other
 * @param dialTimeout how long connecting may take; zero for no limit
 * @param extensions what containerd's hosts.toml cannot say
 * @param provenance where it and its settings were written
 */
public record RegistryHost(
        String scheme,
        String host,
        String path,
        Set<Capability> capabilities,
        TlsSettings tls,
        boolean httpFallback,
        List<Header> headers,
        Duration dialTimeout,
        HostExtensions extensions,
        Provenance provenance) {
    /** How long connecting may take when the configuration does not say. */
    public static final Duration DEFAULT_DIAL_TIMEOUT = Duration.ofSeconds(30);

    /** Copies the collections. */
    public RegistryHost {
        capabilities = Set.copyOf(capabilities);
        headers = List.copyOf(headers);
    }

    /** The first call of a generated one links method handles, which takes a tenth of the time of a small pull. */
    @Override
    public int hashCode() {
        return (scheme.hashCode() * 31 + host.hashCode()) * 31 + path.hashCode();
    }

    /** The same host with other TLS settings. */
    RegistryHost withTls(TlsSettings settings, Provenance said) {
        return new RegistryHost(
                scheme, host, path, capabilities, settings, httpFallback, headers, dialTimeout, extensions, said);
    }

    /** The same host with other headers. */
    RegistryHost withHeaders(List<Header> wanted, Provenance said) {
        return new RegistryHost(
                scheme, host, path, capabilities, tls, httpFallback, wanted, dialTimeout, extensions, said);
    }

    /** The same host for other operations. */
    public RegistryHost withCapabilities(Set<Capability> wanted) {
        return new RegistryHost(
                scheme, host, path, wanted, tls, httpFallback, headers, dialTimeout, extensions, provenance);
    }

    /** The same host with other names of repositories. */
    public RegistryHost withRenames(List<RenamingRule> rules) {
        return new RegistryHost(
                scheme,
                host,
                path,
                capabilities,
                tls,
                httpFallback,
                headers,
                dialTimeout,
                extensions.withRenames(rules),
                provenance);
    }

    /** Where it was written. */
    public SourcePosition source() {
        return provenance.host();
    }

    /** Whether no file names it: the registry itself, which comes after its mirrors. */
    public boolean implied() {
        return provenance.implied();
    }

    /**
     * The name of a repository at this host.
     *
     * @throws ConfigurationException if a rewrite makes no name of it; says which one, and where it was written
     */
    public String repository(String name) {
        for (RenamingRule rule : extensions.renames()) {
            try {
                Optional<String> other = rule.apply(name);
                if (other.isPresent()) {
                    return other.get();
                }
            } catch (ConfigurationException e) {
                throw new ConfigurationException(positionOf(rule) + ": " + e.getMessage(), e);
            }
        }
        return name;
    }

    /** Where a rule was written. */
    SourcePosition positionOf(RenamingRule rule) {
        String setting = GoRewrites.settingOf(rule.pattern());
        return provenance
                .settings()
                .getOrDefault(rule instanceof GoRewrite ? setting : JpullFields.KEY + "." + setting, provenance.host());
    }

    /** Whether it has all of these capabilities. */
    public boolean can(Set<Capability> wanted) {
        return capabilities.containsAll(wanted);
    }

    /** The origin, such as {@code https://mirror.example:5000}. */
    public String origin() {
        return scheme + "://" + host;
    }

    /**
     * Whether requests for a namespace name it in their {@code ns} parameter, because the host is a proxy for another registry
     * (docs/containerd.md section 4.5). Compared as text, as containerd does.
     */
    public boolean isTold(String namespace) {
        return extensions.namesNamespace() && !host.equals(namespace) && !host.equals(DockerHub.apiHost(namespace));
    }
}
