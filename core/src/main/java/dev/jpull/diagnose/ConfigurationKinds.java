// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.diagnose.FoundConfiguration.Kind;
import dev.jpull.dialect.Dialect;
import dev.jpull.dialect.DialectDetection;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.HostsDirectory;
import dev.jpull.toml.TomlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tells the kind of a configuration file: a hosts.toml, which is checked alone as well, or what its dialect is. */
final class ConfigurationKinds {
    /** The name of the configuration of podman and CRI-O. */
    static final String REGISTRIES_CONF = "registries.conf";

    /** How large a file may be. */
    static final int MAX_SIZE = 4 << 20;

    private ConfigurationKinds() {}

    /** The kind of a file, by its name alone; null when the name says nothing. */
    static @Nullable Kind byName(Path file) {
        return file.endsWith(HostsDirectory.FILE)
                ? Kind.HOSTS_TOML
                : DialectDetection.byName(file).map(ConfigurationKinds::of).orElse(null);
    }

    /**
     * The kind of a file that was named.
     *
     * @throws ConfigurationException if it is of no known kind
     */
    static Kind of(Path file) throws IOException {
        Kind byName = byName(file);
        if (byName != null) {
            return byName;
        }
        boolean isHostsToml = !Files.isRegularFile(file) // which is reported as such
                || HostsRootLint.isInRoot(file) && HostsRootLint.resemblesHostsToml(file)
                || DialectDetection.isHostsToml(TomlFile.readText(file, MAX_SIZE));
        return isHostsToml ? Kind.HOSTS_TOML : of(DialectDetection.of(file).dialect());
    }

    private static Kind of(Dialect dialect) {
        return switch (dialect) {
            case REGISTRIES_YAML -> Kind.REGISTRIES_YAML;
            case REGISTRIES_CONF -> Kind.REGISTRIES_CONF;
            case DAEMON_JSON -> Kind.DAEMON_JSON;
            case CONTAINERD_CONFIG, HOSTS_DIRECTORY -> Kind.CONFIG_TOML;
        };
    }
}
