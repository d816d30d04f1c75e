// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.HostEntry;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.HostUrl;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.hosts.TlsSettings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The hosts that k3s writes into the hosts.toml files of its containerd, one for each registry that has settings (k3s,
 * pkg/agent/containerd/config.go:getHostConfigs). The registry itself comes last, as the server of the file.
 */
final class GeneratedHosts {
    private static final Set<Capability> MIRROR = EnumSet.of(Capability.PULL, Capability.RESOLVE);
    private static final Set<Capability> SERVER = EnumSet.of(Capability.PULL, Capability.RESOLVE, Capability.PUSH);

    private final RegistriesYaml file;
    private final Map<String, List<HostEntry>> entries = new LinkedHashMap<>();

    private GeneratedHosts(RegistriesYaml file) {
        this.file = file;
    }

    /** The hosts by registry, in the order of requests; {@link RegistriesYaml#ALL} is for registries that are not there. */
    static Map<String, List<HostEntry>> of(RegistriesYaml file) {
        GeneratedHosts generated = new GeneratedHosts(file);
        file.mirrors().forEach(generated::addMirror);
        file.configs().forEach(generated::addConfig);
        return generated.entries;
    }

    /** Settings of a registry without mirrors; those that say nothing have no file. */
    private void addConfig(String name, RegistriesYaml.Config config) {
        if (!file.mirrors().containsKey(name) && (config.auth() != null || config.tls() != null)) {
            entries.put(name, List.of(server(name, config, config.position(), true)));
        }
    }

    private void addMirror(String name, RegistriesYaml.Mirror mirror) {
        Set<String> seen = new HashSet<>();
        List<HostEntry> hosts = new ArrayList<>();
        Optional<Endpoint> own = own(name);
        // The settings for all are in the file for all only when that has no mirrors.
        RegistriesYaml.Config config = name.equals(RegistriesYaml.ALL) ? RegistriesYaml.Config.NONE : ownConfig(name);
        HostEntry server = server(name, config, mirror.position(), true);
        boolean serverSaysSomething = config.auth() != null || config.tls() != null;
        List<Endpoint> endpoints = mirror.endpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            if (!seen.add(endpoint.url())) {
                continue;
            }
            RegistriesYaml.Config settings = file.configOf(endpoint.registry());
            if (i + 1 == endpoints.size() && own.isPresent() && own.get().url().equals(endpoint.url())) {
                server = server(name, settings, endpoint.position(), false);
                serverSaysSomething = settings.auth() != null
                        || settings.tls() != null
                        || !mirror.rewrites().isEmpty();
            } else {
                hosts.add(entry(endpoint, MIRROR, settings, mirror.rewrites(), provenance(endpoint, settings, mirror)));
            }
        }
        if (!hosts.isEmpty() || serverSaysSomething) {
            hosts.add(server);
            entries.put(name, List.copyOf(hosts));
        }
    }

    /** The settings under the name of the registry itself come first here, and not those of the host of its API. */
    private RegistriesYaml.Config ownConfig(String name) {
        RegistriesYaml.Config own = file.configs().get(name);
        return own == null ? file.configOf(name) : own;
    }

    /** The registry itself, as it is written without any mirror; empty for all registries. */
    static Optional<Endpoint> own(String name) {
        try {
            return name.equals(RegistriesYaml.ALL)
                    ? Optional.empty()
                    : Optional.of(Endpoint.parse(name, SourcePosition.BUILT_IN));
        } catch (HostUrl.InvalidException e) {
            return Optional.empty(); // is reported by its name
        }
    }

    private static HostEntry server(
            String name, RegistriesYaml.Config config, SourcePosition position, boolean implied) {
        Provenance provenance = new Provenance(
                position, config.tls() == null ? Map.of() : config.tls().positions(), implied);
        return own(name)
                .map(endpoint -> entry(endpoint, SERVER, config, List.of(), provenance))
                .orElseGet(() -> host("", "", "", false, Set.of(), config, List.of(), provenance));
    }

    private static Provenance provenance(
            Endpoint endpoint, RegistriesYaml.Config settings, RegistriesYaml.Mirror mirror) {
        Map<String, SourcePosition> positions = new HashMap<>(mirror.rewritePositions());
        if (settings.tls() != null) {
            positions.putAll(settings.tls().positions());
        }
        return new Provenance(endpoint.position(), positions, false);
    }

    private static HostEntry entry(
            Endpoint endpoint,
            Set<Capability> capabilities,
            RegistriesYaml.Config config,
            List<RenamingRule> rewrites,
            Provenance provenance) {
        return host(
                endpoint.scheme(),
                endpoint.host(),
                endpoint.path(),
                endpoint.overridePath(),
                capabilities,
                config,
                rewrites,
                provenance);
    }

    private static HostEntry host(
            String scheme,
            String host,
            String path,
            boolean overridePath,
            Set<Capability> capabilities,
            RegistriesYaml.Config config,
            List<RenamingRule> rewrites,
            Provenance provenance) {
        TlsSettings tls = config.tls() == null ? TlsSettings.NONE : config.tls().settings();
        return new HostEntry(
                scheme,
                host,
                path,
                capabilities,
                tls,
                !tls.equals(TlsSettings.NONE),
                List.of(),
                null,
                overridePath,
                HostExtensions.NONE.withRenames(rewrites),
                provenance);
    }
}
