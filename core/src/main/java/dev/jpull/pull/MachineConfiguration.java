// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.containers.ContainersFiles;
import dev.jpull.containers.ContainersHosts;
import dev.jpull.containers.RegistriesConfReader;
import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.dialect.Dialect;
import dev.jpull.dialect.DialectDetection;
import dev.jpull.docker.DaemonJson;
import dev.jpull.docker.DockerHosts;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.lint.Findings;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds the registry configuration of this machine when the program names none: the first in the order of docs/dialects.md
 * that says something. Two are never mixed, and a file that is there and cannot be used is an error. For one search.
 */
final class MachineConfiguration {
    private final StandardLocations locations;
    private final HostDefaults defaults;
    private final List<String> passedOver = new ArrayList<>();

    /**
     * A search.
     *
     * @param defaults what the program says for all hosts
     */
    MachineConfiguration(StandardLocations locations, HostDefaults defaults) {
        this.locations = locations;
        this.defaults = defaults;
    }

    /**
     * The configuration that counts.
     *
     * @throws ConfigurationException if it cannot be used, or one before it cannot be read
     */
    ChosenConfiguration find() {
        return Stream.<Supplier<Optional<ChosenConfiguration>>>of(
                        this::hostsDirectories, this::registriesYaml, this::registriesConf, this::daemonJson)
                .flatMap(place -> place.get().stream())
                .findFirst()
                .orElseGet(this::allHostsDirectories);
    }

    private Optional<ChosenConfiguration> hostsDirectories() {
        boolean used = locations.containerdDirectories().stream().anyMatch(this::hasEntry);
        return used ? Optional.of(allHostsDirectories()) : Optional.empty();
    }

    /** Those of containerd and docker, in the order in which containerd searches them; empty ones do no harm. */
    private ChosenConfiguration allHostsDirectories() {
        List<Path> roots = locations.hostsDirectories();
        return chosen(Dialect.HOSTS_DIRECTORY, roots, new ContainerdHosts(roots, defaults));
    }

    private Optional<ChosenConfiguration> registriesYaml() {
        return locations.registriesYaml().stream()
                .filter(MachineConfiguration::isThere)
                .findFirst()
                .map(file -> chosen(
                        Dialect.REGISTRIES_YAML,
                        List.of(file),
                        new ConfigurationReader(defaults)
                                .readWithErrors(new DialectDetection(Dialect.REGISTRIES_YAML, file))));
    }

    private Optional<ChosenConfiguration> registriesConf() {
        ContainersFiles files = locations.registriesConf();
        if (RegistriesConfReader.mentionsRegistries(files)) {
            ContainersHosts hosts = new ContainersHosts(RegistriesConfReader.read(files), defaults);
            Findings.refuseErrors(hosts.findings());
            if (hosts.conf().configuresRegistries()) {
                return Optional.of(chosen(Dialect.REGISTRIES_CONF, hosts.conf().read(), hosts));
            }
        }
        if (isThere(files.main())) {
            passedOver.add(ForeignText.line(files.main().toString()) + " has neither registries nor search registries");
        }
        return Optional.empty();
    }

    private Optional<ChosenConfiguration> daemonJson() {
        for (Path file : locations.daemonJson()) {
            if (isThere(file)) {
                DaemonJson daemon = DaemonJson.read(file);
                Findings.refuseErrors(daemon.findings());
                if (daemon.configuresRegistries()) {
                    return Optional.of(
                            chosen(Dialect.DAEMON_JSON, List.of(file), DockerHosts.beside(daemon, defaults)));
                }
                passedOver.add(ForeignText.line(file.toString()) + " has neither mirrors nor insecure registries");
            }
        }
        return Optional.empty();
    }

    private ChosenConfiguration chosen(Dialect dialect, List<Path> paths, HostConfiguration hosts) {
        Findings.refuseErrors(hosts.findings());
        String reason = paths.isEmpty() ? "this machine has none" : "the first that this machine has";
        return new ChosenConfiguration(
                dialect,
                paths,
                passedOver.isEmpty() ? reason : reason + "; passed over: " + String.join(", ", passedOver),
                hosts);
    }

    /** Also a link that leads nowhere is there: it was meant to be a configuration. */
    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a hosts directory configures anything; what is no directory counts, so that its error is reported. */
    private boolean hasEntry(Path directory) {
        if (!isThere(directory)) {
            return false;
        }
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            boolean any = entries.anyMatch(Files::isDirectory);
            if (!any) {
                passedOver.add(ForeignText.line(directory.toString()) + " has no directory of a registry");
            }
            return any;
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigurationException(
                    ForeignText.line(directory + " cannot be read, and is not passed over: " + e.getMessage()), e);
        }
    }
}
