// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.containers.ContainersFiles;
import dev.jpull.containers.ContainersHosts;
import dev.jpull.containers.RegistriesConfReader;
import dev.jpull.dialect.Dialect;
import dev.jpull.docker.DaemonJson;
import dev.jpull.docker.DockerHosts;
import dev.jpull.error.ConfigurationException;
import dev.jpull.file.Presence;
import dev.jpull.file.Reason;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.k3s.K3sHosts;
import dev.jpull.k3s.RegistriesYaml;
import dev.jpull.lint.Findings;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

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
     * A place that is looked at.
     *
     * @param paths what may be there
     * @param look reads it; empty when it says nothing
     */
    private record Place(List<Path> paths, Supplier<Optional<ChosenConfiguration>> look) {}

    /**
     * The configuration that counts.
     *
     * @throws ConfigurationException if it cannot be used, or one before it cannot be read
     */
    ChosenConfiguration find() {
        List<Place> places = List.of(
                new Place(List.of(locations.containerdConfig()), this::configToml),
                new Place(locations.containerdDirectories(), this::hostsDirectories),
                new Place(locations.registriesYaml(), this::registriesYaml),
                new Place(locations.registriesConfFiles(), this::registriesConf),
                new Place(locations.daemonJson(), this::daemonJson));
        for (int i = 0; i < places.size(); i++) {
            Optional<ChosenConfiguration> found = places.get(i).look().get();
            if (found.isPresent()) {
                return withLater(found.get(), places.subList(i + 1, places.size()));
            }
        }
        return allHostsDirectories();
    }

    /** Names what is not looked at, because the machine may be meant to be configured by it. */
    private static ChosenConfiguration withLater(ChosenConfiguration found, List<Place> places) {
        List<String> later = places.stream()
                .flatMap(place -> place.paths().stream())
                .filter(path -> Presence.mayBe(path) && !reads(found.hosts(), path))
                .map(path -> ForeignText.line(path.toString()))
                .toList();
        return later.isEmpty()
                ? found
                : new ChosenConfiguration(
                        found.dialect(),
                        found.paths(),
                        found.reason() + "; not looked at: " + String.join(", ", later),
                        found.hosts());
    }

    /** Whether a configuration reads a hosts directory, as a config.toml reads those of its config_path. */
    private static boolean reads(HostConfiguration hosts, Path directory) {
        return hosts instanceof ContainerdHosts containerd
                && (containerd.cri() == null || !containerd.cri().usesMirrors())
                && containerd.roots().contains(directory);
    }

    private Optional<ChosenConfiguration> configToml() {
        Path file = locations.containerdConfig();
        if (!isThere(file)) {
            return Optional.empty();
        }
        if (CriConfig.mentionsRegistries(file)) {
            CriConfig cri = CriConfig.read(file);
            if (cri.configuresRegistries()) {
                return Optional.of(chosen(
                        Dialect.CONTAINERD_CONFIG,
                        List.of(file),
                        new ContainerdHosts(cri.configPath(), defaults, cri)));
            }
        }
        passOver(file, "has no settings of registries");
        return Optional.empty();
    }

    private Optional<ChosenConfiguration> hostsDirectories() {
        boolean used = false;
        for (Path directory : locations.containerdDirectories()) {
            used |= hasEntry(directory); // each is looked at, so that its error is reported
        }
        return used ? Optional.of(allHostsDirectories()) : Optional.empty();
    }

    /** Those of containerd and docker, in the order in which containerd searches them; empty ones do no harm. */
    private ChosenConfiguration allHostsDirectories() {
        List<Path> roots = locations.hostsDirectories();
        return chosen(Dialect.HOSTS_DIRECTORY, roots, new ContainerdHosts(roots, defaults));
    }

    private Optional<ChosenConfiguration> registriesYaml() {
        for (Path file : locations.registriesYaml()) {
            if (isThere(file)) {
                RegistriesYaml read = RegistriesYaml.read(file);
                if (read.configuresRegistries()) {
                    return Optional.of(chosen(Dialect.REGISTRIES_YAML, List.of(file), new K3sHosts(read, defaults)));
                }
                passOver(file, "has neither mirrors nor configs");
            }
        }
        return Optional.empty();
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
            passOver(files.main(), "has neither registries nor search registries");
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
                passOver(file, "has neither mirrors nor insecure registries");
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

    private void passOver(Path path, String reason) {
        passedOver.add(ForeignText.line(path.toString()) + " " + reason);
    }

    /** Also a link that leads nowhere is there: it was meant to be a configuration. */
    private static boolean isThere(Path path) {
        try {
            return Presence.of(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Whether a hosts directory configures anything. */
    private boolean hasEntry(Path directory) {
        if (!isThere(directory)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            if (entries.iterator().hasNext()) {
                return true;
            }
        } catch (DirectoryIteratorException e) {
            throw unreadable(directory, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
        passOver(directory, "has no directory of a registry");
        return false;
    }

    private static ConfigurationException unreadable(Path path, IOException e) {
        String reason = e instanceof NotDirectoryException ? "it is no directory" : Reason.of(e);
        return new ConfigurationException(
                ForeignText.line(path.toString()) + " cannot be read, and is not passed over: " + reason
                        + "; make it readable for this user, remove it, or name the configuration that is to be used",
                e);
    }
}
