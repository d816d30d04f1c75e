// SPDX-License-Identifier: Apache-2.0
package dev.jpull.dialect;

import dev.jpull.containers.ContainersFiles;
import dev.jpull.containers.ContainersHosts;
import dev.jpull.containers.RegistriesConfReader;
import dev.jpull.docker.DaemonJson;
import dev.jpull.docker.DockerHosts;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.k3s.K3sHosts;
import dev.jpull.k3s.RegistriesYaml;
import dev.jpull.lint.Findings;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads a registry configuration of any dialect, told by name and content.
 *
 * @param defaults what the program or the command line says for all hosts
 */
public record ConfigurationReader(HostDefaults defaults) {
    /**
     * Reads a file or a directory.
     *
     * @throws ConfigurationException if it is not there, is of no known dialect, or has an error
     */
    public HostConfiguration read(Path path) {
        HostConfiguration configuration = readWithErrors(path);
        Findings.refuseErrors(configuration.findings());
        return configuration;
    }

    /**
     * The same, with the errors of the files among the findings.
     *
     * @throws ConfigurationException if it is not there, or is of no known dialect
     */
    public HostConfiguration readWithErrors(Path path) {
        return readWithErrors(DialectDetection.of(path));
    }

    /** The same for a configuration of which the dialect is known. */
    public HostConfiguration readWithErrors(DialectDetection told) {
        Path path = told.path();
        return switch (told.dialect()) {
            case HOSTS_DIRECTORY -> new ContainerdHosts(List.of(path), defaults);
            case CONTAINERD_CONFIG -> {
                CriConfig cri = CriConfig.readWithErrors(path);
                yield new ContainerdHosts(cri.configPath(), defaults, cri);
            }
            case DAEMON_JSON -> DockerHosts.beside(DaemonJson.read(path), defaults);
            case REGISTRIES_YAML -> new K3sHosts(RegistriesYaml.readWithErrors(path), defaults);
            case REGISTRIES_CONF ->
                new ContainersHosts(RegistriesConfReader.read(ContainersFiles.beside(path)), defaults);
        };
    }
}
