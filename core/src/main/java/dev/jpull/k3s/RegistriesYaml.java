// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.address.DockerHub;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.CriAuth;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a registries.yaml says.
 *
 * @param file the file
 * @param mirrors the mirrors by registry, in the order of the file; {@link #ALL} is for registries without an entry
 * @param configs TLS settings and credentials by the host of an endpoint, in the order of the file
 * @param findings what is wrong or suspicious in the file; after an error it must not be used
 */
public record RegistriesYaml(
        Path file, Map<String, Mirror> mirrors, Map<String, Config> configs, List<Finding> findings) {
    /** The name of an entry for all registries that have none. */
    public static final String ALL = HostConfiguration.ALL;

    /** Copies the collections. */
    public RegistriesYaml {
        mirrors = Collections.unmodifiableMap(new LinkedHashMap<>(mirrors));
        configs = Collections.unmodifiableMap(new LinkedHashMap<>(configs));
        findings = List.copyOf(findings);
    }

    /**
     * The mirrors of a registry.
     *
     * @param position where it was written
     * @param endpoints the endpoints in order
     * @param rewrites other names of repositories at all endpoints but the registry itself
     * @param rewritePositions where the rewrites were written, by the name of the setting
     */
    public record Mirror(
            SourcePosition position,
            List<Endpoint> endpoints,
            List<RenamingRule> rewrites,
            Map<String, SourcePosition> rewritePositions) {
        /** Copies the collections. */
        public Mirror {
            endpoints = List.copyOf(endpoints);
            rewrites = List.copyOf(rewrites);
            rewritePositions = Map.copyOf(rewritePositions);
        }
    }

    /**
     * The settings of a host.
     *
     * @param position where they were written
     * @param auth its credentials, or null
     * @param tls its TLS settings, or null when it has no such key
     */
    public record Config(
            SourcePosition position,
            @Nullable Auth auth,
            @Nullable Tls tls) {
        /** Nothing said. */
        static final Config NONE = new Config(SourcePosition.BUILT_IN, null, null);
    }

    /**
     * Credentials.
     *
     * @param credentials the credentials
     * @param position where they were written
     */
    public record Auth(CriAuth credentials, SourcePosition position) {}

    /**
     * TLS settings.
     *
     * @param settings the settings
     * @param positions where each was written, by the name that hosts.toml has for it
     */
    public record Tls(TlsSettings settings, Map<String, SourcePosition> positions) {
        /** Copies the map. */
        public Tls {
            positions = Map.copyOf(positions);
        }
    }

    /**
     * Reads a file.
     *
     * @throws ConfigurationException if it has an error
     */
    public static RegistriesYaml read(Path file) {
        RegistriesYaml read = readWithErrors(file);
        Findings.refuseErrors(read.findings());
        return read;
    }

    /** The same, with errors among the findings. */
    public static RegistriesYaml readWithErrors(Path file) {
        return new RegistriesYamlReader(file).read();
    }

    /** Whether it has an entry; k3s takes a file without one as if it were not there. */
    public boolean configuresRegistries() {
        return !mirrors.isEmpty() || !configs.isEmpty();
    }

    /** The settings of a registry; those of Docker Hub may be written with the host of its API, which is looked for first. */
    Config configOf(String registry) {
        String api = DockerHub.apiHost(registry);
        Config own = configs.getOrDefault(registry, Config.NONE);
        return configs.getOrDefault(api, own);
    }
}
