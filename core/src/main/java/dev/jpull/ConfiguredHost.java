// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A registry host as the configuration of a namespace describes it, defaults included. Immutable. Values of headers are
 * never shown: they may be secrets.
 *
 * @since 0.1.0
 */
public final class ConfiguredHost {
    private final RegistryHost host;

    ConfiguredHost(RegistryHost host) {
        this.host = host;
    }

    /** Everything that the configuration says about the host. */
    RegistryHost registryHost() {
        return host;
    }

    /** {@return the host with its port as written, such as {@code mirror.example:5000}} */
    public String host() {
        return host.host();
    }

    /** {@return the scheme and the host, such as {@code https://mirror.example:5000}} */
    public String origin() {
        return host.origin();
    }

    /** {@return the path prefix of every request, such as {@code /v2}; empty for none} */
    public String path() {
        return host.path();
    }

    /** {@return whether requests use {@code https}; see {@link #httpFallback} for plain HTTP after TLS has failed} */
    public boolean secure() {
        return host.scheme().equals("https");
    }

    /** {@return whether plain HTTP is used when the host turns out not to speak TLS} */
    public boolean httpFallback() {
        return host.httpFallback();
    }

    /** {@return the capabilities {@code pull}, {@code resolve}, {@code push} and {@code referrers} that it has, in this order} */
    public List<String> capabilities() {
        return host.capabilities().stream().sorted().map(Capability::label).toList();
    }

    /** {@return the CA files that are trusted in addition to the system's} */
    public List<Path> ca() {
        return host.tls().ca();
    }

    /** {@return the client certificate files, each with the file of its key, which may be the same file} */
    public Map<Path, Path> clientCertificates() {
        Map<Path, Path> pairs = new LinkedHashMap<>();
        for (ClientKeyPair pair : host.tls().client()) {
            pairs.put(pair.certificate(), pair.key());
        }
        return pairs;
    }

    /** {@return whether the certificate of the host is not verified} */
    public boolean skipVerify() {
        return host.tls().insecure();
    }

    /** {@return the names of the headers that are sent to this host, each once} */
    public List<String> headerNames() {
        return host.headers().stream().map(Header::name).distinct().toList();
    }

    /** {@return how long connecting may take; zero for no limit} */
    public Duration dialTimeout() {
        return host.dialTimeout();
    }

    /** {@return the proxy of this host without its credentials, or null when the environment decides} */
    public @Nullable String proxy() {
        ProxyAddress proxy = host.extensions().proxy();
        return proxy == null ? null : proxy.toString();
    }

    /** {@return how long the host may take to answer; null for the default} */
    public @Nullable Duration responseTimeout() {
        return host.extensions().responseTimeout();
    }

    /** {@return how long the host may send nothing; null for the default} */
    public @Nullable Duration stallTimeout() {
        return host.extensions().stallTimeout();
    }

    /** {@return the replacement for each pattern of a repository name, in the order in which they are tried} */
    public Map<String, String> rewrites() {
        Map<String, String> rewrites = new LinkedHashMap<>();
        for (RenamingRule rule : host.extensions().renames()) {
            rewrites.put(rule.pattern(), rule.replacement());
        }
        return rewrites;
    }

    /** {@return whether no file names the host: it is the registry itself, which is asked after its mirrors} */
    public boolean implied() {
        return host.implied();
    }

    /** {@return the place in a file that names the host} */
    public SourcePosition source() {
        return host.source();
    }

    /** {@return the place in a file of each setting, by the name of the setting in hosts.toml; defaults have no place} */
    public Map<String, SourcePosition> settings() {
        return host.provenance().settings();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConfiguredHost that && host.equals(that.host);
    }

    @Override
    public int hashCode() {
        return host.hashCode();
    }

    @Override
    public String toString() {
        return origin() + path();
    }
}
